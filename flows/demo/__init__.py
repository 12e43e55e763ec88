"""A year offline, with all that belongs to it."""
