"""Observations into alerts; their way to people; answers; reports."""
