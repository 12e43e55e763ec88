"""The store: its file, its tables, and the two roads into them, by sets and by landed files."""
