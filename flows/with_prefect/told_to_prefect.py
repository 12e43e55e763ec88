"""What is told to Prefect, whose server others may read: the sentences of a night, without anyone's address
and without a password."""

from connectors.address import without_addresses
from flows.without_secrets import without_secrets


class StepError(Exception):
    """Stands in, before Prefect, for the error that ended a step; its text names nobody."""


def discreet(text: str) -> str:
    """The text with every mail address left out: those of readers come in as mail servers quote them.

    Passwords go first: one with an @ in it would be cut in two, and not known again.
    """
    return without_addresses(without_secrets(text), "(an address)")


def stand_in(error: BaseException) -> StepError:
    return StepError(discreet(f"{type(error).__name__}: {error}"))
