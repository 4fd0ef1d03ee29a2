"""How the training set is varied, and what comes of it."""
