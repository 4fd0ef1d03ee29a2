"""The run that is under way: its controls, curves and notes."""
