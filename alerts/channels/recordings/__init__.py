"""Recordings of what is spoken: uploaded or made on the spot, checked, made anew in one form, kept as long as they are needed."""
