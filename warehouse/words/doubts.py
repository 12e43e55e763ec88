"""How a person is asked whether two trials are one study, and how to answer: the same in mail, page and terminal.

Pure. It does not know why they are in doubt.
"""

from collections.abc import Sequence

from connectors.numbers import compared, giver_of


def asked(trial_id: str, other_id: str, matched_by: str, doubt: str) -> str:
    """The question in one sentence."""
    return f"{trial_id} and {other_id} may be one study: {matched_by}; it is not followed because {doubt}."


def answer(pairs: Sequence[tuple[str, str]]) -> str:
    """How to answer for these pairs; of one alone with its numbers, to be copied.

    Two numbers of one registry can be parted only.
    """
    one, other = pairs[0] if len(pairs) == 1 else ("NUMBER", "NUMBER")
    tie = "[[tie]] if they are one study, " if any(_can_be_tied(*pair) for pair in pairs) else ""
    return (
        f"Whoever knows says so in trialwatch.toml: {tie}[[part]] if they are not; below it, each on its own "
        f'line, trials = ["{one}", "{other}"], reason = "why" and by = "your name". What stands there already and '
        "is wrong is to be corrected."
    )


def _can_be_tied(one: str, other: str) -> bool:
    givers = {giver_of(compared(number) or number) for number in (one, other)}
    return len(givers) > 1
