"""A town's communal safeguard plan (PCS): who directs, command post, sheets, shelters, volunteers, vulnerable people."""
