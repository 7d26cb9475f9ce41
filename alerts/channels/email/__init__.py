"""E-mail: how it leaves, and how it comes back."""
