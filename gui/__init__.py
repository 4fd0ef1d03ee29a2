"""The window: one document, one canvas, and panels that listen to the document."""
