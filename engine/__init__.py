"""Runs emitted Keras programs in a process of their own. See `engine.protocol`."""
