"""Floor plans: pictures of a site with its cameras placed on them, and areas that light when something happens there."""
