"""What the operator is told, when, and in which words. Pure.

Readers never hear of it: a night that failed changed nothing of theirs.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from warehouse.judge.checks import Check
from warehouse.judge.twins import Doubt
from warehouse.words.doubts import answer, asked

AT_ONCE = frozenset({"refused", "failed"})
WHEN_IT_LASTS = frozenset({"incomplete"})
"""One night without the registry heals by itself; a second one is news."""
TELL_AGAIN_AFTER = timedelta(days=3) - timedelta(hours=6)
"""As long as it lasts, every third night. The hours are for nights that do not begin at the same minute."""


_PROMPT = "$ "


@dataclass(frozen=True, slots=True)
class Earlier:
    """The nights of a watch on a registry since its last complete one (None: there never was one)."""

    unsuccessful: int
    last_complete_at: datetime | None
    told_at: datetime | None
    """When the operator was last told of them; None: not yet."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One trouble in words: a line, and a paragraph for each thing to know or to do; some are a ``command``."""

    subject: str
    sentences: tuple[str, ...]


def command(*words: str) -> str:
    """A paragraph that is a command line and nothing else, as a shell takes it: a mail shows it to be copied."""
    return _PROMPT + shlex.join(words)


def as_command(paragraph: str) -> str | None:
    """The command line that the paragraph is; None when it is a sentence."""
    return paragraph.removeprefix(_PROMPT) if paragraph.startswith(_PROMPT) else None


def is_to_be_told(outcome: str, earlier: Earlier, now: datetime) -> bool:
    """Whether the operator hears of a night that ended so: once, and again as long as it lasts."""
    if outcome not in AT_ONCE | WHEN_IT_LASTS:
        return False
    if earlier.told_at is None:
        return outcome in AT_ONCE or earlier.unsuccessful > 0
    # A clock that was set back must not silence us.
    return not earlier.told_at - TELL_AGAIN_AFTER < now < earlier.told_at + TELL_AGAIN_AFTER


def of_night(
    watch: str, registry_name: str, outcome: str, sentence: str, checks: Sequence[Check], earlier: Earlier
) -> Trouble:
    """A night that was not complete."""
    since = f"{earlier.last_complete_at:%Y-%m-%d %H:%M} UTC" if earlier.last_complete_at else None
    lasting = f" ({earlier.unsuccessful + 1} nights now)" if earlier.unsuccessful else ""
    said = [
        f"The night of {watch} on {registry_name} was {sentence}.",
        f"The last complete one was {since}; what was published then stands as it is."
        if since
        else "There has been no complete night of it yet.",
    ]
    if outcome == "refused":
        refusing = [check for check in checks if check.refuses]
        said += [f"Check {check.name}: {check.sentence}.{_figures(check)}" for check in refusing]
        if len(refusing) == 1:
            said += [
                "If what was refused is right all the same, let it pass once, on record, and say why:",
                command(
                    *("trialwatch", "run", "--watch", watch, "--accept", refusing[0].name),
                    *("--because", "what I looked at, and why it is right"),
                ),
            ]
        said.append("If it is wrong, wait for a better night: nothing is lost meanwhile.")
    elif outcome == "incomplete":
        said.append(
            "Nothing is lost meanwhile: the first complete night catches up. "
            "See that this machine reaches the registry."
        )
    else:
        said.append("This is a fault of trialwatch or of this machine; the log of the run has the details.")
    return Trouble(f"{watch} on {registry_name}: night {outcome}{lasting}", tuple(said))


def _figures(check: Check) -> str:
    """The figures of a check in words, nothing of what is not known."""
    known = {name.replace("_", " "): value for name, value in check.figures.items() if value is not None}
    said = [f"{name} {_figure(value)}" for name, value in known.items()]
    return f" Figures: {'; '.join(said)}." if said else ""


def _figure(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_figure(part)}" for name, part in value.items()) or "none"
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(map(_figure, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else "none" if value is None else str(value)


MOST_NAMED = 50
"""Members named in one mail; how many more there are is said."""


def members_subject(watch: str, registry_name: str) -> str:
    """How the line begins under which the operator hears of members that cannot be read."""
    return f"{watch} on {registry_name}: cannot read "


def of_members(watch: str, registry_name: str, unreadable: Mapping[str, str]) -> Trouble:
    """Members whose record the registry shows in a form that could not be read, each with where and why."""
    count = len(unreadable)
    named = [f"{trial_id}: {why}" for trial_id, why in list(unreadable.items())[:MOST_NAMED]]
    more = [f"And {count - MOST_NAMED} more (quarantine)."] if count > MOST_NAMED else []
    which = next(iter(unreadable)) if count == 1 else f"{count} trials"
    return Trouble(
        f"{members_subject(watch, registry_name)}{which}",
        (
            "What the registry sent could not be read; what changed in it tonight is not known, nor told:",
            *named,
            *more,
            "What we held of it stands as it was; once it can be read, what has changed meanwhile is told. "
            "See the record at the registry, and report it to trialwatch if it looks right there.",
        ),
    )


def results_subject(registry_name: str) -> str:
    """How the line begins under which the operator hears of posted results that cannot be read."""
    return f"{registry_name}: cannot read the results of "


def of_results(registry_name: str, unread: Mapping[str, str]) -> Trouble:
    """Trials that have posted results which could not be read for some nights, each with the reason."""
    count = len(unread)
    which = next(iter(unread)) if count == 1 else f"{count} trials"
    return Trouble(
        f"{results_subject(registry_name)}{which}",
        (
            "The registry says that these trials have results, and asked for them by number it did not show any "
            "that can be read:",
            *_named(unread),
            "All else of the night is complete. What we held of these results stands, and they are asked for "
            "again every night.",
        ),
    )


def elsewhere_subject(place: str) -> str:
    """The line under which the operator hears that a place is not published to."""
    return f"cannot publish to {place}"


def of_elsewhere(place: str, why: str, there: str | None) -> Trouble:
    """A place that did not take the night. ``there`` is when the night that readers find there was published."""
    return Trouble(
        elsewhere_subject(place),
        (
            f"Tonight was not published to {place}: {why}.",
            f"Readers there find the night that was published {there}." if there else "Nothing is there yet.",
            "What is published on this machine, and mail, are not concerned. Every night tries again, and the "
            "first that succeeds brings all that was missed. This tries now:",
            command("trialwatch", "run"),
        ),
    )


def of_doubts(doubts: Sequence[Doubt]) -> Trouble:
    """Trials that may be one study, which a person can tell."""
    first, count = doubts[0], len(doubts)
    which = f"{first.trial_id} and {first.other_id}" if count == 1 else f"{count} pairs of trials"
    more = [f"And {count - MOST_NAMED} more (view doubtful_ties)."] if count > MOST_NAMED else []
    return Trouble(
        f"{which} may be one study",
        (
            *(asked(each.trial_id, each.other_id, each.matched_by, each.doubt) for each in doubts[:MOST_NAMED]),
            *more,
            answer([(each.trial_id, each.other_id) for each in doubts]),
            "Until then the end of each is told by itself. This is asked once; on the page and in the view "
            "doubtful_ties it stands until it is settled.",
        ),
    )


def _named(troubled: Mapping[str, str]) -> list[str]:
    more = [f"And {len(troubled) - MOST_NAMED} more."] if len(troubled) > MOST_NAMED else []
    return [f"{trial_id}: {why}" for trial_id, why in list(troubled.items())[:MOST_NAMED]] + more


def of_mail(subscription: str, recipient: str, error: str) -> Trouble:
    """A mail that is not offered any more."""
    return Trouble(
        f"a mail of {subscription} was given up",
        (
            f"A mail of the subscription {subscription} to {recipient} will not be offered again: {error}",
            "Nobody else's mail is concerned. If the address is dead, take it out of trialwatch.toml; "
            "if it is well again, this sends the mail:",
            command("trialwatch", "deliver", "--again", recipient),
            "What the mail told stands in the published file:",
            command("trialwatch", "changes"),
        ),
    )


def of_channel(subscription: str, recipient: str, error: str) -> Trouble:
    """A message to a channel that is not offered any more. ``recipient`` is the channel's name."""
    return Trouble(
        f"a message of {subscription} to {recipient} was given up",
        (
            f"A message of the subscription {subscription} to {recipient} will not be offered again: {error}",
            "Nobody else is concerned. If the channel is gone, take it out of notify in trialwatch.toml, or give "
            "its variable the new address; then, or once it is well again, this sends the message:",
            command("trialwatch", "deliver", "--again", recipient),
            "What it told stands in the published file:",
            command("trialwatch", "changes"),
        ),
    )
