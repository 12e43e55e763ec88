"""``trialwatch init``: from a few answers to the two files that an installation needs. See ``beginning``."""
