"""The words in which changes are told, and the vocabulary. Pure."""
