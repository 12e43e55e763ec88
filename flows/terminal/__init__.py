"""The terminal that facts are printed on."""
