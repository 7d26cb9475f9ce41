"""From alerts and decisions to people and things: the organisation's own audited plans."""
