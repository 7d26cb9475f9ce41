"""Voice: calls, and what is spoken."""
