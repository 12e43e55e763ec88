"""What is Prefect's: its flows, its server, its pages, and the runs that it planned. No night knows of it."""
