"""What a run is worth on the test set: scores, confusion, mistakes."""
