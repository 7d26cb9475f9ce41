"""Organisations, sites, members, roles, sign-in, and the one place that says who may see what."""
