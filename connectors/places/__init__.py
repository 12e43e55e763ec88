"""Where a night is also published: which place an address means, and how files are put there."""
