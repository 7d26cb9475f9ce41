"""The app: what the member's own page shows and speaks while it is open."""
