"""How devices are spoken to: one file a way, one line in the registry."""
