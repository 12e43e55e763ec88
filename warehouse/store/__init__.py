"""The store: its file and its tables, the files in which records land, and how rows get into the tables."""
