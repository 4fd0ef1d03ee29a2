"""Try it: draw or open a picture, and see prediction and maps."""
