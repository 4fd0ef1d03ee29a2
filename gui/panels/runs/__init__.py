"""The runs so far: list, comparison, queue, proof."""
