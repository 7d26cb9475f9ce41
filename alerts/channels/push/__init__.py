"""Web Push: messages to browsers that asked for them, open or not."""
