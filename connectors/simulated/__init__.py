"""Registries that run on loopback and behave: the demo and the tests use the same ones."""
