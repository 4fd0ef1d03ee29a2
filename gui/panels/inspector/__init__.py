"""The parameters of what is selected."""
