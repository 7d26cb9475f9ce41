"""The journal's commands."""
