"""The panels around the canvas: each listens to the document, and to no other panel."""
