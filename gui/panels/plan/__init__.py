"""How the model is to be trained: losses, metrics, optimizer, callbacks."""
