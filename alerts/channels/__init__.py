"""Ways to reach people: one folder a way, behind one small interface."""
