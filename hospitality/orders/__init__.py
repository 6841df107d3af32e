"""Orders: what guests asked for, at which price, and how far each line is."""
