"""What tests of connections share."""

from tests.authority import authority, trusting

__all__ = ["authority", "trusting"]
