"""Who can be reached, inside the organisation and outside it, by which ways, and how people are grouped."""
