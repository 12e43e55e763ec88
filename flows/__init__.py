"""Arrange the work: the only room that knows Prefect and trialwatch's own settings."""
