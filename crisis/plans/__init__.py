"""What is done when a risk comes true: written, approved, versioned."""
