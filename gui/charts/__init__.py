"""Curves over epochs: their values, the plot, its menu and export."""
