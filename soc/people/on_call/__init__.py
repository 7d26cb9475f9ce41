"""Who is on call when: schedules, their rotations and overrides."""
