"""Connected objects: a registry with their last state, and scripts that move them."""
