"""The mails that readers get, composed: what changed, told so that a person on a phone understands it.

Pure: no clock, no chance, nothing read but the templates beside it, so the same letter is the same bytes for
ever. It does not know who is to be told, when, or how a mail is handed over. Whatever a registry wrote is
taken for hostile: it is cleaned here, once, on its way into a header, a template or an attached table.
"""

import csv
import hashlib
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any, NamedTuple

import css_inline
import jinja2

from warehouse.vocabulary import KINDS

MOST_BYTES = 200_000
"""Of a mail as sent, attachments aside: some readers cut off what is longer."""
MOST_CHANGES = 200
SUBJECT_LETTERS = 120
VALUE_LETTERS = 240
PIECES = 6
"""How many entries that came, and how many that went, a mail lists of one change."""
ATTACHMENT_BYTES = 5_000_000
"""A longer table has its cells shortened, never its rows: mail servers refuse what is too large for them."""
CELL_LETTERS = (None, 1000, 200, 60)

CAUSES = {
    "sponsor": "the sponsor",
    "registry": "the registry itself, not the sponsor",
    "calendar": "time passing",
    "watch": "our own watch: what it searches for, not the trial",
    "normaliser": "our own software, which reads the record differently now",
}
DATE_BASES = {"posted": "posted", "submitted": "submitted", "data_version": "seen in the registry's data of"}
OUTCOMES = {
    "complete": "complete",
    "heartbeat": "complete; the registry had nothing new",
    "incomplete": "not complete: the registry could not be read to its end, so nothing of it changed here",
    "refused": "refused by a check: nothing of it was taken over",
    "failed": "failed: nothing of it was taken over",
}
RANKS = {"high": 0, "medium": 1, "low": 2}
CODED_FIELDS = frozenset({"overall_status", "last_known_status", "enrollment_type"})
FIRST_IN_AN_ENTRY = ("measure", "label", "name", "facility", "city", "citation")

_JOINERS = "\u200c\u200d"  # format characters that some scripts and emoji cannot be written without
_WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-:\[\]]+(?:[/?#][!#-;=?-Z\[\]_a-z~]*)?")
_MAIL_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@]+@[^\s<>()\\,;:\"@]+")


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


def compose(letter: Letter | Welcome) -> bytes:
    """The whole RFC 5322 message in ASCII (but for an address that cannot be), with CRLF line ends.

    Raises ``ValueError`` when there is nothing to tell, or the sender, reply address or Message-ID is no such
    thing. A recipient's address is not judged here: the mail server refuses it, for that recipient alone.
    """
    if isinstance(letter, Welcome):
        return _sealed(letter, *_rendered("welcome", letter, _welcome_view(letter)), {})
    if not (letter.changes or letter.arrivals):
        raise ValueError(f"A letter for subscription {letter.subscription!r} has nothing to tell.")
    changes = _most_material_first(letter.changes)
    shown = min(len(changes), MOST_CHANGES)
    while True:
        text, html = _rendered("digest", letter, _digest_view(letter, changes, shown))
        attached = {"changes.csv": changes} if shown < len(changes) else {}
        if letter.arrivals:
            attached["new-trials.csv"] = list(letter.arrivals)
        size = len(_sealed(letter, text, html, {}))
        if size <= MOST_BYTES or not shown:
            return _sealed(letter, text, html, attached)
        shown = min(shown - 1, shown * MOST_BYTES // size)


def subject(letter: Letter | Welcome) -> str:
    """What happened to what, in one line. A title may be shortened, an id never."""
    if isinstance(letter, Welcome):
        return f"Now watching: {plain(letter.watch)} ({_number(letter.relevant, 'trial')})"
    parts = []
    if letter.changes:
        parts.append(_happened(letter.changes))
    if letter.arrivals:
        parts.append(_arrived(letter.arrivals))
    return "; ".join(parts)


def plain(text: str | None) -> str:
    """Foreign text on one line, without what could steer a terminal, a mail or a reader's eye.

    Whitespace is folded; control, bidirectional-override and other invisible characters go; a half of a
    surrogate pair becomes U+FFFD, so that the text can be encoded.
    """
    folded = " ".join((text or "").split())
    if folded.isprintable():
        return folded
    return " ".join("".join(map(_harmless, folded)).split())


def _harmless(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Cs":
        return "\ufffd"
    is_hidden = kind in ("Cc", "Cf") and letter not in _JOINERS
    return "" if is_hidden or letter in "\ufffe\uffff" else letter


def defused(cell: str | None) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell and cell[0] in "=+-@\t\r＝＋－＠" else cell or ""


def status_words(status: str) -> str:
    """A registry's status code as people say it."""
    return plain(status).replace("ACTIVE_NOT", "ACTIVE,_NOT").replace("_", " ").capitalize()


# --- the subject ----------------------------------------------------------------------------------


def _happened(changes: Sequence[Told]) -> str:
    trials = {(told.registry_name, told.trial_id) for told in changes}
    one = plain(changes[0].trial_id) if len(trials) == 1 else ""
    if len(changes) == 1:
        start = f"{_kind(changes[0].kind).capitalize()}: "
        title, _ = _shortened(plain(changes[0].title), SUBJECT_LETTERS - len(start) - len(one) - 3)
        return f"{start}{title} ({one})" if title else start + one
    counted = Counter(told.kind for told in _most_material_first(changes))
    counts = [f"{number:,} {_kind(kind)}" for kind, number in counted.items()]
    said, rest = f"{len(changes):,} changes: {counts[0]}", counts[1:]
    while rest and len(said) + len(rest[0]) + len(one) < SUBJECT_LETTERS - 12:
        said += f", {rest.pop(0)}"
    said += f" and {_number(len(rest), 'other kind')}" if rest else ""
    return f"{said} ({one})" if one else said


def _arrived(arrivals: Sequence[Told]) -> str:
    number, by_substance = _arrivals(arrivals)
    named = ", ".join(f"{count:,} {substance}" for substance, count in by_substance[:4])
    return f"{_number(number, 'new trial')}: {named}" if named else _number(number, "new trial")


def _arrivals(arrivals: Sequence[Told]) -> tuple[int, list[tuple[str, int]]]:
    """How many trials, and how many of each substance (one trial may count for several), most first."""
    substances = {(told.registry_name, told.trial_id): told.substances for told in arrivals}
    counted = Counter(plain(name) for names in substances.values() for name in names)
    return len(substances), sorted(counted.items(), key=lambda item: (-item[1], item[0]))


# --- what the templates are given -----------------------------------------------------------------


def _digest_view(letter: Letter, changes: Sequence[Told], shown: int) -> dict[str, Any]:
    number, by_substance = _arrivals(letter.arrivals)
    return {
        "changes": len(changes),
        "shown": shown,
        "trials": _by_trial(changes[:shown]),
        "arrivals": number,
        "arrivals_by_substance": by_substance,
        "arrivals_shortened": _cells(letter.arrivals)[1],
        "changes_shortened": shown < len(changes) and _cells(changes)[1],
    }


def _welcome_view(letter: Welcome) -> dict[str, Any]:
    return {
        "trials": letter.trials,
        "relevant": letter.relevant,
        "by_status": [(status_words(status), count) for status, count in letter.by_status],
        "by_substance": [(plain(substance), count) for substance, count in letter.by_substance],
        "kinds": [_kind(kind) for kind in letter.kinds],
        "substances": [plain(substance) for substance in letter.substances],
    }


def _rendered(name: str, letter: Letter | Welcome, view: dict[str, Any]) -> tuple[str, str]:
    view |= {
        "subject": subject(letter),
        "subscription": plain(letter.subscription),
        "watch": plain(letter.watch),
        "can_answer": letter.reply_to is not None,
        "nights": [
            {
                "registry": plain(night.registry_name),
                "data_version": plain(night.data_version),
                "outcome": OUTCOMES.get(night.outcome, plain(night.outcome)),
                "is_complete": night.outcome in ("complete", "heartbeat"),
                "observed_at": _instant(night.observed_at),
                "trials": None if night.distinct_trials is None else _number(night.distinct_trials, "trial"),
            }
            for night in letter.nights
        ],
    }
    text, html = (_templates.get_template(f"{name}.{form}").render(view) for form in ("txt", "html"))
    return text, _inliner.inline(html)


def _by_trial(changes: Iterable[Told]) -> list[dict[str, Any]]:
    """Changes under their trials: trials in the order in which they come, a trial's own changes as time went."""
    trials: dict[tuple[str, str], list[Told]] = {}
    for told in changes:
        trials.setdefault((told.registry_name, told.trial_id), []).append(told)
    return [_trial(sorted(told, key=lambda one: _utc(one.observed_at))) for told in trials.values()]


def _trial(changes: list[Told]) -> dict[str, Any]:
    first = changes[0]
    weights = [weight for weight in RANKS if any(told.materiality == weight for told in changes)] or ["low"]
    facts = [
        status_words(first.overall_status) if first.overall_status else "",
        ", ".join(plain(substance) for substance in first.substances),
        _shortened(plain(first.lead_sponsor), VALUE_LETTERS)[0],
    ]
    return {
        "id": plain(first.trial_id),
        "title": _shortened(plain(first.title), 2 * VALUE_LETTERS)[0],
        "url": _web_address(first.url),
        "registry": plain(first.registry_name),
        "facts": [fact for fact in facts if fact],
        "materiality": weights[0],
        "changes": [_change(told) for told in changes],
    }


def _change(told: Told) -> dict[str, Any]:
    return {
        "kind": _kind(told.kind).capitalize(),
        "told": _values(told),
        "when": _when(told),
        "cause": CAUSES.get(told.cause, plain(told.cause)),
        "reason": _reason(told),
        "trial_id": plain(told.trial_id),
    }


def _kind(kind: str) -> str:
    return KINDS.get(kind, plain(kind).replace("_", " "))


def _when(told: Told) -> str:
    seen = f"first seen by us {_instant(told.observed_at)}"
    if told.registry_date is None:
        return f"no date from the registry; {seen}"
    basis = told.registry_date_basis or ""
    return f"{DATE_BASES.get(basis, plain(basis) or 'dated')} {told.registry_date.isoformat()}; {seen}"


def _reason(told: Told) -> str:
    """In full, with the registry's own words for a status: those are what an analyst searches for."""
    return _shortened(plain(told.reason), 2 * VALUE_LETTERS)[0]


def _most_material_first(changes: Iterable[Told]) -> list[Told]:
    """The order of the kinds breaks ties, the order given breaks theirs: what came first is told first."""
    kinds = {kind: place for place, kind in enumerate(KINDS)}
    return sorted(
        changes, key=lambda told: (RANKS.get(told.materiality, len(RANKS)), kinds.get(told.kind, len(kinds)))
    )


# --- old and new ----------------------------------------------------------------------------------


class _Values(NamedTuple):
    """Old and new in a form short enough to read: two texts, or what went and what came of two lists."""

    label: str
    old: str | None
    new: str | None
    gone: list[str]
    came: list[str]
    cut: str


def _values(told: Told) -> _Values | None:
    if told.old_value is None and told.new_value is None:
        return None
    label = _field(told.field)
    old, new = _entries(told.old_value), _entries(told.new_value)
    if old is None or new is None:
        texts = [_said(value, told.field) for value in (told.old_value, told.new_value)]
        (before, after), cut = _side_by_side(*texts)
        return _Values(label, before, after, [], [], _cut(cut, 0))
    gone = [entry for entry in old if entry not in new]
    came = [entry for entry in new if entry not in old]
    pairs = [
        _side_by_side(gone[at] if at < len(gone) else "", came[at] if at < len(came) else "")
        for at in range(min(PIECES, max(len(gone), len(came))))
    ]
    return _Values(
        label,
        None,
        None,
        [pair[0] for pair, _ in pairs if pair[0]],
        [pair[1] for pair, _ in pairs if pair[1]],
        _cut(sum(cut for _, cut in pairs), max(0, len(gone) - PIECES) + max(0, len(came) - PIECES)),
    )


def _field(field: str | None) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain(field).removeprefix("trial_").removesuffix("Module"))
    return words.replace("_", " ").capitalize() or "Value"


def _said(value: str | None, field: str | None) -> str:
    if value is None:
        return "none"
    if field in CODED_FIELDS:
        return status_words(value)
    return {"true": "yes", "false": "no"}.get(value, plain(value)) or "empty"


def _entries(value: str | None) -> list[str] | None:
    """The entries of a list or record written as JSON, each on a line; None for any other value."""
    if value is None:
        return []
    if not value.startswith(("[", "{")):
        return None
    try:
        parsed = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return [plain(entry) for entry in _lines(parsed)]


def _lines(parsed: Any) -> Iterator[str]:
    if isinstance(parsed, list):
        yield from (_flat(item) for item in parsed)
        return
    for key, part in parsed.items():
        for item in part if isinstance(part, list) else [part]:
            yield f"{_field(key)}: {_flat(item)}"


def _flat(item: Any) -> str:
    if isinstance(item, dict):
        keys = [*(key for key in FIRST_IN_AN_ENTRY if key in item)]
        keys += sorted(item.keys() - set(keys))
        return " · ".join(_flat(item[key]) for key in keys)
    if isinstance(item, list):
        return ", ".join(_flat(part) for part in item)
    return item if isinstance(item, str) else json.dumps(item)


def _side_by_side(old: str, new: str) -> tuple[tuple[str, str], int]:
    """Both texts shortened, from shortly before the place where they part; and how many letters were cut."""
    same = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), 0)
    skipped = old.rfind(" ", 0, max(0, same - 60)) + 1 if max(len(old), len(new)) > VALUE_LETTERS else 0
    (before, cut_before), (after, cut_after) = (
        _shortened(("…" if skipped else "") + text[skipped:], VALUE_LETTERS) for text in (old, new)
    )
    return (before, after), cut_before + cut_after + 2 * skipped


def _shortened(text: str, limit: int) -> tuple[str, int]:
    """The text in at most ``limit`` letters, and how many of it were cut."""
    if len(text) <= limit:
        return text, 0
    kept = text[: max(0, limit - 1)].rstrip()
    return f"{kept}…", len(text) - len(kept)


def _cut(letters: int, entries: int) -> str:
    parts = [_number(count, noun) for count, noun in ((letters, "character"), (entries, "entry")) if count]
    return " and ".join(parts)


def _number(count: int, noun: str) -> str:
    many = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else many}"


def _instant(instant: datetime) -> str:
    return f"{_utc(instant):%Y-%m-%d %H:%M} UTC"


def _utc(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _web_address(url: str | None) -> str | None:
    """The address when it is one that a reader may follow: http or https, and nothing odd in it."""
    return url if url and len(url) <= 2000 and _WEB_ADDRESS.fullmatch(url) else None


# --- the attached tables --------------------------------------------------------------------------

COLUMNS = (
    *("trial_id", "registry_name", "title", "kind", "field", "old_value", "new_value", "cause"),
    *("materiality", "reason", "registry_date", "registry_date_basis", "observed_at", "substances"),
    *("overall_status", "lead_sponsor", "url", "change_id"),
)


def _cells(changes: Sequence[Told]) -> tuple[str, bool]:
    """The changes as CSV (RFC 4180), and whether cells had to be shortened for the whole to be sent."""
    for limit in CELL_LETTERS:
        table = io.StringIO()
        rows = csv.writer(table)
        rows.writerow(COLUMNS)
        rows.writerows([_cell(getattr(told, column), limit) for column in COLUMNS] for told in changes)
        if table.tell() <= ATTACHMENT_BYTES:
            break
    return table.getvalue(), limit is not None


def _cell(value: Any, limit: int | None) -> str:
    if isinstance(value, datetime):
        return f"{_utc(value):%Y-%m-%dT%H:%M:%SZ}"
    text = ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
    whole = plain(text)
    return defused(whole if limit is None else _shortened(whole, limit)[0])


# --- the envelope's contents ----------------------------------------------------------------------


def _sealed(letter: Letter | Welcome, text: str, html: str, attached: dict[str, list[Told]]) -> bytes:
    message_id = letter.message_id.strip().removeprefix("<").removesuffix(">")
    if not _MAIL_ADDRESS.fullmatch(message_id) or not message_id.isascii():
        raise ValueError(f"{letter.message_id!r} is no Message-ID.")
    message = EmailMessage(policy=policy.SMTP)
    message.set_raw("From", _sender(letter.sender))
    message["To"] = _address(letter.recipient) or "undisclosed-recipients:;"
    if letter.reply_to is not None:
        message.set_raw("Reply-To", _sender(letter.reply_to))
    message["Date"] = format_datetime(_utc(letter.written_at))
    message["Message-ID"] = f"<{message_id}>"
    message.set_raw("Subject", _words(subject(letter), "Subject"))
    message["Auto-Submitted"] = "auto-generated"
    message["List-Id"] = f"<{_slug(letter.subscription)}.{_slug(letter.watch)}.trialwatch>"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    for name, changes in attached.items():
        message.add_attachment(_cells(changes)[0], subtype="csv", cte="base64", filename=name)
    # A boundary of the library's own making would be a random one.
    seed = hashlib.blake2b(message_id.encode(), digest_size=12).hexdigest()
    for place, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{seed}_{place}")
    is_ascii = all(value.isascii() for value in map(str, message.values()))
    return message.as_bytes(policy=policy.SMTP if is_ascii else policy.SMTPUTF8)


def _sender(text: str) -> str:
    """``a@b.org`` or ``Name <a@b.org>``, from our own settings, as a header may hold it."""
    name, bracket, rest = text.rpartition("<")
    address = _address(rest.removesuffix(">") if bracket else text)
    if not address:
        raise ValueError(f"{text!r} is no mail address: set TRIALWATCH_MAIL_FROM and TRIALWATCH_REPLY_TO.")
    shown = plain(name).replace('"', "").replace("\\", "").strip()
    if not shown:
        return address
    return f"{_words(shown, 'From')}\n <{address}>" if not _is_simple(shown) else f'"{shown}" <{address}>'


def _address(text: str) -> str | None:
    """A bare address with its domain in ASCII; None when it is none."""
    local, _, domain = text.strip().rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return None
    return address if _MAIL_ADDRESS.fullmatch(address) and plain(address) == address else None


def _words(text: str, header: str) -> str:
    """Text folded, as encoded words where it must be: the newer half of the library loses blanks there.

    Text that looks like an encoded word is encoded too, for it could decode to a line break.
    """
    return Header(text, "us-ascii" if _is_simple(text) else "utf-8", header_name=header).encode()


def _is_simple(text: str) -> bool:
    return text.isascii() and "=?" not in text and max(map(len, text.split()), default=0) < 60


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "x"


_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=jinja2.select_autoescape(("html",)),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
