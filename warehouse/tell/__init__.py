"""Telling people: what is due to whom, the mails, and what became of them."""
