"""How a night can end: the words of the ``runs`` view, and what people are told for each. Pure."""

from warehouse.words.harmless import plain

OUTCOMES = {
    "complete": "complete",
    "heartbeat": "complete; the registry had nothing new",
    "incomplete": "not complete: the registry could not be read to its end, so nothing of it changed here",
    "refused": "refused by a check: nothing of it was taken over",
    "failed": "failed: nothing of it was taken over",
}
COMPLETE = ("complete", "heartbeat")
"""Of these the registry was read whole; a night that asked and was told of no new data is one."""
IS_COMPLETE = f"outcome IN {COMPLETE}"
"""The same as a condition in SQL. Files of SQL write it out, and a test holds them to it."""


def outcome_words(outcome: str) -> str:
    return OUTCOMES.get(outcome, plain(outcome))
