"""Pure functions and small machines over pixels: no Django, no network, no disk but the model's file."""
