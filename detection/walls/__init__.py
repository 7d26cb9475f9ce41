"""Walls: which cameras somebody looks at together, and in which order; kept under a name, and shared where that is wanted."""
