"""A plan under way: its snapshot, its steps, people's answers, the stand-down, the report."""
