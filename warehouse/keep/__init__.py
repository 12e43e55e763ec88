"""Keeping a night: what was shown, what it means for what we hold, and the certificate."""
