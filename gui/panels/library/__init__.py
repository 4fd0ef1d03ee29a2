"""The layers that can be drawn."""
