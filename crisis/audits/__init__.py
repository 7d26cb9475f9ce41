"""Risks found on a site, scored, reviewed and approved."""
