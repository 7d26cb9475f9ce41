"""Its plugins."""
