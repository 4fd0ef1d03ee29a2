"""The canvas: one widget with one painter; its geometry is a function of the project."""
