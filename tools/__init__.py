"""What builds, checks and starts the project; nothing of the product."""
