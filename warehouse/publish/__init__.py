"""Publishing: the analysts' file, its views, and what is made of it for other readers."""
