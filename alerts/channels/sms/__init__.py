"""SMS: how they are counted, and who carries them."""
