"""How a person is asked whether two trials are one study, and how to answer: the same in mail, page and terminal.

Pure. It does not know why they are in doubt.
"""

ANSWER = (
    "Whoever knows says so in trialwatch.toml: [[tie]] if they are one study, [[part]] if they are not; below it, "
    'each on its own line, trials = ["NUMBER", "NUMBER"], reason = "why" and by = "your name". What stands there '
    "already and is wrong is to be corrected."
)


def asked(trial_id: str, other_id: str, matched_by: str, doubt: str) -> str:
    """The question in one sentence."""
    return f"{trial_id} and {other_id} may be one study: {matched_by}; it is not followed because {doubt}."
