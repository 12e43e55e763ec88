"""What is kept, and every question asked of it. Knows nothing of httpx or Prefect."""
