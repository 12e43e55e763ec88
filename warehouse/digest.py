"""The mails that readers get, composed: what changed, told so that a person on a phone understands it.

Pure: no clock, no chance, nothing read but the templates, so the same letter is the same bytes for ever. It
does not know who is to be told, when, or how a mail is handed over; nor how foreign text is made harmless
(``foreign``), a value told (``oldnew``), a table attached (``attachment``) or a header written (``message``).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from warehouse import phrases
from warehouse.attachment import Table, table
from warehouse.body import rendered
from warehouse.foreign import plain, shortened, web_address
from warehouse.message import Head, sealed
from warehouse.oldnew import VALUE_LETTERS, old_and_new
from warehouse.vocabulary import KINDS

MOST_BYTES = 200_000
"""Of a mail as sent, attachments aside: some readers cut off what is longer."""
MOST_CHANGES = 200
SUBJECT_LETTERS = 120
RANKS = {"high": 0, "medium": 1, "low": 2}
COLUMNS = (
    *("trial_id", "registry_name", "title", "kind", "field", "old_value", "new_value", "cause"),
    *("materiality", "reason", "registry_date", "registry_date_basis", "observed_at", "substances"),
    *("overall_status", "lead_sponsor", "url", "change_id"),
)
"""Of the attached tables."""


@dataclass(frozen=True, slots=True)
class Told:
    """One change as a reader is told it. Text stands here as the registry wrote it."""

    change_id: str
    trial_id: str
    registry_name: str
    title: str | None
    url: str | None
    kind: str
    field: str | None
    old_value: str | None
    new_value: str | None
    cause: str
    materiality: str
    reason: str
    registry_date: date | None
    registry_date_basis: str | None
    observed_at: datetime
    """UTC, aware or not."""
    substances: tuple[str, ...]
    overall_status: str | None
    lead_sponsor: str | None


@dataclass(frozen=True, slots=True)
class Night:
    """What stands at the foot: the last night of one registry."""

    registry_name: str
    data_version: str | None
    outcome: str
    observed_at: datetime
    distinct_trials: int | None


@dataclass(frozen=True, slots=True)
class Letter:
    """What one recipient of one subscription is told once.

    ``arrivals`` are the new members of a night that brought more than 50: one line here, their ids attached.
    """

    subscription: str
    watch: str
    recipient: str
    sender: str
    reply_to: str | None
    message_id: str
    written_at: datetime
    changes: tuple[Told, ...]
    nights: tuple[Night, ...]
    arrivals: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class Welcome:
    """The one digest after the first complete night of a watch: what it holds, and what will be told.

    Empty ``kinds``: all of high or medium materiality. Empty ``substances``: any.
    """

    subscription: str
    watch: str
    recipient: str
    sender: str
    reply_to: str | None
    message_id: str
    written_at: datetime
    nights: tuple[Night, ...]
    kinds: tuple[str, ...]
    substances: tuple[str, ...]
    by_status: tuple[tuple[str, int], ...]
    by_substance: tuple[tuple[str, int], ...]
    trials: int
    relevant: int


Heard = tuple[str, tuple[str, ...]]
"""One trouble: a line, and a paragraph for each thing to know or to do."""
TO_THE_OPERATOR = "your address stands in TRIALWATCH_OPERATOR."


@dataclass(frozen=True, slots=True)
class Notice:
    """What the operator is told of trialwatch itself. ``reason`` says why this address gets it."""

    recipient: str
    sender: str
    message_id: str
    written_at: datetime
    troubles: tuple[Heard, ...]
    reason: str = TO_THE_OPERATOR
    subscription: str = "operator"
    watch: str = "trialwatch"
    reply_to: None = None
    nights: tuple[()] = ()


AnyLetter = Letter | Welcome | Notice


def compose(letter: AnyLetter) -> bytes:
    """The whole RFC 5322 message in ASCII (but for an address that cannot be), with CRLF line ends.

    Raises ``ValueError`` when there is nothing to tell, or the sender, reply address or Message-ID is no such
    thing. A recipient's address is not judged here: the mail server refuses it, for that recipient alone.
    """
    head = _head(letter)
    if isinstance(letter, Welcome):
        return sealed(head, *rendered("welcome", _frame(letter) | _welcome_view(letter)), {})
    if isinstance(letter, Notice):
        return sealed(head, *rendered("notice", _frame(letter) | _notice_view(letter)), {})
    if not (letter.changes or letter.arrivals):
        raise ValueError(f"A letter for subscription {letter.subscription!r} has nothing to tell.")
    changes = _most_material_first(letter.changes)
    shown = min(len(changes), MOST_CHANGES)
    while True:
        tables = _tables(letter, changes, shown)
        text, html = rendered("digest", _frame(letter) | _digest_view(letter, changes, shown, tables))
        size = len(sealed(head, text, html, {}))
        if size <= MOST_BYTES or not shown:
            return sealed(head, text, html, {made.file: made.content for made in tables.values()})
        shown = min(shown - 1, shown * MOST_BYTES // size)


def subject(letter: AnyLetter) -> str:
    """What happened to what, in one line. A title may be shortened, an id never."""
    if isinstance(letter, Notice):
        more = f" and {len(letter.troubles) - 1} more" if len(letter.troubles) > 1 else ""
        return shortened(f"trialwatch: {plain(letter.troubles[0][0])}", SUBJECT_LETTERS - len(more))[0] + more
    if isinstance(letter, Welcome):
        return f"Now watching: {plain(letter.watch)} ({phrases.number(letter.relevant, 'trial')})"
    parts = []
    if letter.changes:
        parts.append(_happened(letter.changes))
    if letter.arrivals:
        parts.append(_arrived(letter.arrivals))
    return "; ".join(parts)


def _happened(changes: Sequence[Told]) -> str:
    trials = {(told.registry_name, told.trial_id) for told in changes}
    one = plain(changes[0].trial_id) if len(trials) == 1 else ""
    if len(changes) == 1:
        start = f"{phrases.kind_words(changes[0].kind).capitalize()}: "
        title, _ = shortened(plain(changes[0].title), SUBJECT_LETTERS - len(start) - len(one) - 3)
        return f"{start}{title} ({one})" if title else start + one
    counted = Counter(told.kind for told in _most_material_first(changes))
    counts = [f"{count:,} {phrases.kind_words(kind)}" for kind, count in counted.items()]
    said, rest = f"{len(changes):,} changes: {counts[0]}", counts[1:]
    while rest and len(said) + len(rest[0]) + len(one) < SUBJECT_LETTERS - 12:
        said += f", {rest.pop(0)}"
    said += f" and {phrases.number(len(rest), 'other kind')}" if rest else ""
    return f"{said} ({one})" if one else said


def _arrived(arrivals: Sequence[Told]) -> str:
    count, by_substance = _arrivals(arrivals)
    named = ", ".join(f"{of_it:,} {substance}" for substance, of_it in by_substance[:4])
    said = phrases.number(count, "new trial")
    return f"{said}: {named}" if named else said


def _arrivals(arrivals: Sequence[Told]) -> tuple[int, list[tuple[str, int]]]:
    """How many trials, and how many of each substance (one trial may count for several), most first."""
    substances = {(told.registry_name, told.trial_id): told.substances for told in arrivals}
    counted = Counter(plain(name) for names in substances.values() for name in names)
    return len(substances), sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _head(letter: AnyLetter) -> Head:
    return Head(
        subject=subject(letter),
        sender=letter.sender,
        recipient=letter.recipient,
        reply_to=letter.reply_to,
        message_id=letter.message_id,
        written_at=phrases.utc(letter.written_at),
        subscription=letter.subscription,
        watch=letter.watch,
    )


def _tables(letter: Letter, changes: Sequence[Told], shown: int) -> dict[str, Table]:
    """What the mail itself does not show in full, by what it holds."""
    attached = {"changes": changes if shown < len(changes) else (), "new-trials": letter.arrivals}
    return {
        name: table(name, COLUMNS, [[getattr(told, column) for column in COLUMNS] for told in listed])
        for name, listed in attached.items()
        if listed
    }


def _frame(letter: AnyLetter) -> dict[str, Any]:
    """What every template is given: the subject, and the foot."""
    return {
        "subject": subject(letter),
        "subscription": plain(letter.subscription),
        "watch": plain(letter.watch),
        "can_answer": letter.reply_to is not None,
        "nights": [_night(night) for night in letter.nights],
    }


def _night(night: Night) -> dict[str, Any]:
    trials = night.distinct_trials
    return {
        "registry": plain(night.registry_name),
        "data_version": plain(night.data_version),
        "outcome": phrases.outcome_words(night.outcome),
        "is_complete": night.outcome in ("complete", "heartbeat"),
        "observed_at": phrases.instant(night.observed_at),
        "trials": None if trials is None else phrases.number(trials, "trial"),
    }


def _digest_view(letter: Letter, changes: Sequence[Told], shown: int, tables: dict[str, Table]) -> dict[str, Any]:
    count, by_substance = _arrivals(letter.arrivals)
    return {
        "changes": len(changes),
        "shown": shown,
        "trials": _by_trial(changes[:shown]),
        "arrivals": count,
        "arrivals_by_substance": by_substance,
        "arrivals_table": tables.get("new-trials"),
        "changes_table": tables.get("changes"),
    }


def _welcome_view(letter: Welcome) -> dict[str, Any]:
    return {
        "trials": letter.trials,
        "relevant": letter.relevant,
        "by_status": [(phrases.status_words(status), count) for status, count in letter.by_status],
        "by_substance": [(plain(substance), count) for substance, count in letter.by_substance],
        "kinds": [phrases.kind_words(kind) for kind in letter.kinds],
        "substances": [plain(substance) for substance in letter.substances],
    }


def _notice_view(letter: Notice) -> dict[str, Any]:
    return {
        "troubles": [(plain(line), [plain(each) for each in said]) for line, said in letter.troubles],
        "reason": plain(letter.reason),
    }


def _by_trial(changes: Iterable[Told]) -> list[dict[str, Any]]:
    """Changes under their trials: trials in the order in which they come, a trial's own changes as time went."""
    trials: dict[tuple[str, str], list[Told]] = {}
    for told in changes:
        trials.setdefault((told.registry_name, told.trial_id), []).append(told)
    return [_trial(sorted(told, key=lambda one: phrases.utc(one.observed_at))) for told in trials.values()]


def _trial(changes: list[Told]) -> dict[str, Any]:
    first = changes[0]
    weights = [weight for weight in RANKS if any(told.materiality == weight for told in changes)] or ["low"]
    facts = [
        phrases.status_words(first.overall_status) if first.overall_status else "",
        ", ".join(plain(substance) for substance in first.substances),
        shortened(plain(first.lead_sponsor), VALUE_LETTERS)[0],
    ]
    return {
        "id": plain(first.trial_id),
        "title": shortened(plain(first.title), 2 * VALUE_LETTERS)[0],
        "url": web_address(first.url),
        "registry": plain(first.registry_name),
        "facts": [fact for fact in facts if fact],
        "materiality": weights[0],
        "changes": [_change(told) for told in changes],
    }


def _change(told: Told) -> dict[str, Any]:
    """The reason keeps the registry's own words for a status: those are what an analyst searches for."""
    return {
        "kind": phrases.kind_words(told.kind).capitalize(),
        "told": old_and_new(told.field, told.old_value, told.new_value),
        "when": phrases.dated(told.registry_date, told.registry_date_basis, told.observed_at),
        "cause": phrases.cause_words(told.cause),
        "reason": shortened(plain(told.reason), 2 * VALUE_LETTERS)[0],
        "trial_id": plain(told.trial_id),
    }


def _most_material_first(changes: Iterable[Told]) -> list[Told]:
    """The order of the kinds breaks ties, the order given breaks theirs: what came first is told first."""
    kinds = {kind: place for place, kind in enumerate(KINDS)}
    return sorted(
        changes, key=lambda told: (RANKS.get(told.materiality, len(RANKS)), kinds.get(told.kind, len(kinds)))
    )
