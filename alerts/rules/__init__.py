"""What raises an alert: one file per kind of rule, and a registry."""
