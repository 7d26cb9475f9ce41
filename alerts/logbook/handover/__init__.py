"""The handover of a shift: what the next one must know, signed by who leaves and by who takes over."""
