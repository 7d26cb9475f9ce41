"""Commands of the detection app."""
