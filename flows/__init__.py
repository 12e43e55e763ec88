"""Arrange the work: the only room that knows Prefect, the clock and the environment."""
