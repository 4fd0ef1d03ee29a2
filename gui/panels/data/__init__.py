"""Which data goes into which Input and output: binding, samples, balance, split."""
