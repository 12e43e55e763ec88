"""The mails that readers get, composed: what changed, told so that a person on a phone understands it.

Pure: no clock, no chance, nothing read but the templates, so the same mail is the same bytes for ever. It
does not know who is to be told, when, or how a mail is handed over; nor how foreign text is made harmless
(``harmless``), a change said (``sentences``), a table attached (``attachment``) or a header written (``message``).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from warehouse.judge.trouble import as_command
from warehouse.tell.attachment import AttachedTable, table
from warehouse.tell.cards import (
    MOST_WITH_FACTS,
    ChangeInWords,
    about,
    by_weight,
    cards,
    facts_of,
    grouped,
    happened,
    on_the_page,
    said,
    what_happened,
)
from warehouse.tell.message import Head, as_sent, sealed
from warehouse.tell.rendering import rendered
from warehouse.words import phrases
from warehouse.words.brief import TrialFacts, headline
from warehouse.words.harmless import plain, shortened, web_address
from warehouse.words.outcomes import COMPLETE, outcome_words
from warehouse.words.sources import source

PAGE_BYTES = 95_000
"""Of the HTML form as sent. Gmail shows no more than 102 kB of it."""
TEXT_BYTES = 1_000_000
"""Of the text form as sent; some servers refuse a mail of 10 MB, and tables are attached to this one."""
LEAST_BYTES = 250
"""The least that a change takes in a mail, about: no form is written with more changes than could have room."""
SUBJECT_LETTERS = 120
SUMMARY_LETTERS = 200
_NAMED_COMMAND = re.compile(r"`(trialwatch [\w ./=-]*)`")
"""No more than a word of ours with harmless letters: a sentence may quote what a registry said."""
COLUMNS = (
    *("trial_id", "registry_name", "title", "kind", "field", "old_value", "new_value", "cause"),
    *("materiality", "reason", "registry_date", "registry_date_basis", "observed_at", "substances"),
    *("overall_status", "lead_sponsor", "url", "change_id"),
)
"""Of the attached tables."""


@dataclass(frozen=True, slots=True)
class ToldChange:
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
class RegistryNight:
    """What stands at the foot: the last night of one registry."""

    registry_name: str
    data_version: str | None
    outcome: str
    observed_at: datetime
    distinct_trials: int | None


@dataclass(frozen=True, slots=True)
class _ToReaders:
    """Whom a mail to a subscription's readers goes to, from whom, and of which watch."""

    subscription: str
    watch: str
    recipient: str
    sender: str
    reply_to: str | None
    message_id: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class DigestMail(_ToReaders):
    """What one recipient of one subscription is told once.

    ``arrivals`` are the new members of a night that brought more than 50: one line here, their ids attached.
    ``facts`` are those of the trials that changed; ``page_url`` is where the page is served, if anywhere.
    """

    changes: tuple[ToldChange, ...]
    nights: tuple[RegistryNight, ...]
    arrivals: tuple[ToldChange, ...] = ()
    facts: Mapping[str, TrialFacts] = field(default_factory=dict)
    page_url: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A trial as a welcome lists it."""

    facts: TrialFacts
    overall_status: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class WelcomeMail(_ToReaders):
    """The one digest after the first complete night of a watch: what it holds, and what will be told.

    Empty ``kinds``: all of high or medium materiality. Empty ``substances``: any. ``listed`` are the relevant
    trials, in the order in which they are to be read.
    """

    nights: tuple[RegistryNight, ...]
    kinds: tuple[str, ...]
    substances: tuple[str, ...]
    by_status: tuple[tuple[str, int], ...]
    by_substance: tuple[tuple[str, int], ...]
    trials: int
    relevant: int
    listed: tuple[Listed, ...] = ()
    page_url: str | None = None


Trouble = tuple[str, tuple[str, ...]]
"""One trouble: a line, and a paragraph for each thing to know or to do."""
TO_THE_OPERATOR = "your address stands in TRIALWATCH_OPERATOR."


@dataclass(frozen=True, slots=True)
class OperatorMail:
    """What the operator is told of trialwatch itself. ``reason`` says why this address gets it."""

    recipient: str
    sender: str
    message_id: str
    written_at: datetime
    troubles: tuple[Trouble, ...]
    reason: str = TO_THE_OPERATOR
    subscription: str = "operator"
    watch: str = "trialwatch"
    reply_to: None = None
    nights: tuple[()] = ()


AnyMail = DigestMail | WelcomeMail | OperatorMail


def compose(mail: AnyMail) -> bytes:
    """The whole RFC 5322 message in ASCII (but for an address that cannot be), with CRLF line ends.

    Raises ``ValueError`` when there is nothing to tell, or the sender, reply address or Message-ID is no such
    thing. A recipient's address is not judged here: the mail server refuses it, for that recipient alone.
    """
    head = _head(mail)
    if isinstance(mail, WelcomeMail):
        return _welcome(mail, head)
    if isinstance(mail, OperatorMail):
        return _sealed(head, "operator", _frame(mail) | _operator_view(mail))
    if not (mail.changes or mail.arrivals):
        raise ValueError(f"A mail for subscription {mail.subscription!r} has nothing to tell.")
    changes = said(mail.changes)
    tables = _tables(mail, changes)

    def write(form: str, shown: int) -> str:
        if shown < len(changes) and "changes" not in tables:
            tables["changes"] = _table("changes", mail.changes)
        return rendered("digest", form, _frame(mail) | _digest_view(mail, changes, shown, tables))

    text = _fitting(len(changes), TEXT_BYTES, partial(write, "txt"))
    page = _fitting(len(changes), PAGE_BYTES, partial(write, "html"))
    return sealed(head, text, page, {made.file: made.content for made in tables.values()})


def _welcome(mail: WelcomeMail, head: Head) -> bytes:
    def write(form: str, shown: int) -> str:
        return rendered("welcome", form, _frame(mail) | _welcome_view(mail, shown))

    text = _fitting(len(mail.listed), TEXT_BYTES, partial(write, "txt"))
    page = _fitting(len(mail.listed), PAGE_BYTES, partial(write, "html"))
    return sealed(head, text, page, {})


def _sealed(head: Head, name: str, view: dict[str, Any]) -> bytes:
    return sealed(head, rendered(name, "txt", view), rendered(name, "html", view), {})


def _fitting(count: int, most_bytes: int, write: Callable[[int], str]) -> str:
    """A form that tells as many of the changes as fit, the first ones."""
    shown = min(count, most_bytes // LEAST_BYTES)
    while True:
        text = write(shown)
        size = as_sent(text)
        if size <= most_bytes or not shown:
            return text
        shown = min(shown - 1, shown * most_bytes * 49 // (size * 50))  # a little less, so that it ends soon


def subject(mail: AnyMail) -> str:
    """What happened to what, in one line. A title may be shortened, an id never."""
    if isinstance(mail, OperatorMail):
        more = f" and {len(mail.troubles) - 1} more" if len(mail.troubles) > 1 else ""
        return shortened(f"trialwatch: {plain(mail.troubles[0][0])}", SUBJECT_LETTERS - len(more))[0] + more
    if isinstance(mail, WelcomeMail):
        return f"Now watching: {plain(mail.watch)} ({phrases.counted_noun(mail.relevant, 'trial')})"
    parts = []
    if mail.changes:
        parts.append(_happened(mail))
    if mail.arrivals:
        parts.append(_arrived(mail.arrivals))
    return "; ".join(parts)


def _happened(mail: DigestMail) -> str:
    changes = mail.changes
    trials = {(told.registry_name, told.trial_id) for told in changes}
    if len(trials) == 1:
        return _of_one(changes, plain(changes[0].trial_id), mail.facts)
    return f"{len(changes):,} changes: {_counted(changes, SUBJECT_LETTERS - 32)}"


def _of_one(changes: Sequence[ToldChange], trial_id: str, facts: Mapping[str, TrialFacts]) -> str:
    """What happened to one trial, in a line that ends with its number."""
    first = by_weight(changes)[0]
    start, end = f"{what_happened(first)}: ", f"{_and_more(changes)} ({trial_id})"
    room = SUBJECT_LETTERS - len(start) - len(end)
    said = shortened(headline(facts_of(first, facts)), room)[0]
    return f"{start}{trial_id}{_and_more(changes)}" if said == trial_id else f"{start}{said}{end}"


def _and_more(changes: Sequence[ToldChange]) -> str:
    return f"; {phrases.counted_noun(len(changes) - 1, 'more change')}" if len(changes) > 1 else ""


def _counted(changes: Sequence[ToldChange], letters: int) -> str:
    """How often what happened, the most material first, as far as there is room."""
    counts = [
        f"{count:,} {phrases.kind_words(kind)}"
        for kind, count in Counter(told.kind for told in by_weight(changes)).items()
    ]
    line, rest = counts[0], counts[1:]
    while rest and len(line) + len(rest[0]) < letters:
        line += f", {rest.pop(0)}"
    return line + (f" and {phrases.counted_noun(len(rest), 'other kind')}" if rest else "")


def _summary(mail: DigestMail) -> list[str]:
    """Three lines for whoever reads no more: what happened, about what, and the most material of it."""
    trials = {(told.registry_name, told.trial_id): told for told in mail.changes}
    if len(trials) < 2:
        return []
    counted = Counter(plain(name) for told in trials.values() for name in told.substances)
    first = by_weight(mail.changes)[0]
    lines = [
        f"{phrases.counted_noun(len(mail.changes), 'change')} in {phrases.counted_noun(len(trials), 'trial')}: "
        f"{_counted(mail.changes, SUMMARY_LETTERS)}.",
        f"About {', '.join(f'{name} ({count:,})' for name, count in counted.most_common())}." if counted else "",
        f"First of all: {happened(first, facts_of(first, mail.facts))}.",
    ]
    return [line for line in lines if line]


def _arrived(arrivals: Sequence[ToldChange]) -> str:
    count, by_substance = _arrivals(arrivals)
    named = ", ".join(f"{of_it:,} {substance}" for substance, of_it in by_substance[:4])
    line = phrases.counted_noun(count, "new trial")
    return f"{line}: {named}" if named else line


def _arrivals(arrivals: Sequence[ToldChange]) -> tuple[int, list[tuple[str, int]]]:
    """How many trials, and how many of each substance (one trial may count for several), most first."""
    substances = {(told.registry_name, told.trial_id): told.substances for told in arrivals}
    counted = Counter(plain(name) for names in substances.values() for name in names)
    return len(substances), sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _head(mail: AnyMail) -> Head:
    return Head(
        subject=subject(mail),
        sender=mail.sender,
        recipient=mail.recipient,
        reply_to=mail.reply_to,
        message_id=mail.message_id,
        written_at=phrases.utc(mail.written_at),
        subscription=mail.subscription,
        watch=mail.watch,
    )


def _tables(mail: DigestMail, changes: Sequence[ChangeInWords]) -> dict[str, AttachedTable]:
    """What the mail does not show in full, as far as that is known before it is written; by what it holds."""
    is_cut = any(one.saying.cut for one in changes)
    attached = {"changes": mail.changes if is_cut else (), "new-trials": mail.arrivals}
    return {name: _table(name, listed) for name, listed in attached.items() if listed}


def _table(name: str, listed: Sequence[ToldChange]) -> AttachedTable:
    """The most material first, as in the mail."""
    return table(name, COLUMNS, [[getattr(told, column) for column in COLUMNS] for told in by_weight(listed)])


def _frame(mail: AnyMail) -> dict[str, Any]:
    """What every template is given: the subject, and the foot."""
    return {
        "subject": subject(mail),
        "subscription": plain(mail.subscription),
        "watch": plain(mail.watch),
        "can_answer": mail.reply_to is not None,
        "nights": [_night(night) for night in mail.nights],
        "sources": [source(name) for name in sorted({plain(night.registry_name) for night in mail.nights})],
    }


def _night(night: RegistryNight) -> dict[str, Any]:
    trials = night.distinct_trials
    return {
        "registry": plain(night.registry_name),
        "data_version": plain(night.data_version),
        "outcome": outcome_words(night.outcome),
        "is_complete": night.outcome in COMPLETE,
        "observed_at": phrases.instant(night.observed_at),
        "trials": None if trials is None else phrases.counted_noun(trials, "trial"),
    }


def _digest_view(
    mail: DigestMail, changes: Sequence[ChangeInWords], shown: int, tables: dict[str, AttachedTable]
) -> dict[str, Any]:
    count, by_substance = _arrivals(mail.arrivals)
    made = cards(changes[:shown], mail.facts, mail.page_url)
    return {
        "lead": f"{made[0]['happened']}{_and_more(mail.changes)}" if len(made) == 1 and not count else "",
        "without_facts": len(made) - MOST_WITH_FACTS,
        "trials_with_facts": MOST_WITH_FACTS,
        "changes": len(changes),
        "shown": shown,
        "summary": _summary(mail),
        "groups": grouped(made),
        "arrivals": count,
        "arrivals_by_substance": by_substance,
        "arrivals_table": tables.get("new-trials"),
        "changes_table": tables.get("changes"),
    }


def _welcome_view(mail: WelcomeMail, shown: int) -> dict[str, Any]:
    listed = [
        {
            "about": about(one.facts.substances),
            "id": plain(one.facts.trial_id),
            "headline": headline(one.facts),
            "status": phrases.status_words(one.overall_status) if one.overall_status else "",
            "url": on_the_page(mail.page_url, one.facts.trial_id) or web_address(one.url),
        }
        for one in mail.listed[:shown]
    ]
    return {
        "groups": grouped(listed),
        "left_out": len(mail.listed) - shown,
        "page_url": mail.page_url,
        "trials": mail.trials,
        "relevant": mail.relevant,
        "by_status": mail.by_status,
        "by_substance": [(plain(substance), count) for substance, count in mail.by_substance],
        "kinds": [phrases.kind_words(kind) for kind in mail.kinds],
        "substances": [plain(substance) for substance in mail.substances],
    }


def _operator_view(mail: OperatorMail) -> dict[str, Any]:
    return {
        "troubles": [
            (plain(line), [part for each in told for part in _paragraphs(each)]) for line, told in mail.troubles
        ],
        "reason": plain(mail.reason),
    }


def _paragraphs(said: str) -> Iterator[dict[str, Any]]:
    """A command stands on a line of its own, whole, so that it can be copied; also one that a sentence names."""
    line = as_command(said)
    if line is None:
        yield {"text": plain(said).replace("`", ""), "is_command": False}
    for each in _NAMED_COMMAND.findall(said) if line is None else [line]:
        yield {"text": plain(each), "is_command": True}
