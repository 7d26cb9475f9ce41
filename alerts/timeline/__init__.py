"""A day of the cameras on one band: alerts, situations, down times, what was done, what was kept."""
