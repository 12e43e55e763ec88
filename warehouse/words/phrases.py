"""Our codes, counts and instants as people say them: the words of a mail that are ours, not a registry's.

Pure. A code that nobody gave a phrase is said as it is written, made harmless. It does not know the mail
in which a phrase will stand.
"""

from datetime import UTC, date, datetime

from warehouse.words.harmless import plain
from warehouse.words.kinds import KINDS

CAUSES = {
    "sponsor": "the sponsor",
    "registry": "the registry itself, not the sponsor",
    "calendar": "time passing",
    "watch": "our own watch: what it searches for, not the trial",
    "normaliser": "our own software, which reads the record differently now",
}
NOT_ADVICE = "What registries say of trials, as trialwatch read it. This is not medical advice."
DATE_BASES = {"posted": "posted", "submitted": "submitted", "data_version": "seen in the registry's data of"}


def kind_words(kind: str) -> str:
    return KINDS[kind].name if kind in KINDS else plain(kind).replace("_", " ")


def status_words(status: str) -> str:
    """A registry's status code as people say it."""
    return plain(status).replace("ACTIVE_NOT", "ACTIVE,_NOT").replace("_", " ").capitalize()


def cause_words(cause: str) -> str:
    return CAUSES.get(cause, plain(cause))


def dated(registry_date: date | None, basis: str | None, observed_at: datetime) -> str:
    """The registry's own date with what it is a date of, and always ours: a missing one is not made up."""
    seen = f"first seen by us {instant(observed_at)}"
    if registry_date is None:
        return f"no date from the registry; {seen}"
    basis = basis or ""
    return f"{DATE_BASES.get(basis, plain(basis) or 'dated')} {registry_date.isoformat()}; {seen}"


def counted_noun(count: int, noun: str) -> str:
    """``1 trial``, ``3,501 trials``, ``2 entries``, ``3 days``."""
    return f"{count:,} {noun if count == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """Its plural: ``trials``, ``entries``, ``days``."""
    return f"{noun[:-1]}ies" if noun.endswith(("ry", "ty")) else f"{noun}s"


def instant(at: datetime) -> str:
    return f"{utc(at):%Y-%m-%d %H:%M} UTC"


def iso_instant(at: datetime) -> str:
    """As machines read it: ``2026-09-11T03:00:00Z``."""
    return utc(at).isoformat().replace("+00:00", "Z")


def utc(at: datetime) -> datetime:
    """Aware and in UTC; an instant without a zone is one from the store, which keeps UTC."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
