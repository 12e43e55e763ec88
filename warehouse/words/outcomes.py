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

BACKFILL = "backfill"
"""What the id of a run ends with that asked for the past: its certificate is of no night."""
IS_A_NIGHT = f"run_id NOT LIKE '%-{BACKFILL}'"
"""Whether a run was one, as a condition in SQL. Files of SQL write it out too."""


def outcome_words(outcome: str) -> str:
    return OUTCOMES.get(outcome, plain(outcome))
