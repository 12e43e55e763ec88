"""What a channel is told: one JSON document, which a webhook gets as it is and from which a chat gets its text.

Pure, as the mails are: the same notice is the same bytes for ever. docs/notify.md says what stands in it, and
docs/notify.schema.json holds it to that. Values stand in it as the registry wrote them, for machines; what is
there for people (``subject``, ``text``, each ``sentence``) is inert in every chat.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from connectors.lines import ENTRY, fitted
from warehouse.judge.watch import CHANNEL
from warehouse.tell.cards import ChangeInWords, facts_of, happened, on_the_page, said
from warehouse.tell.digest import COLUMNS, DigestMail, ToldChange, WelcomeMail, subject
from warehouse.words.harmless import shortened, web_address
from warehouse.words.inert import inert
from warehouse.words.outcomes import outcome_words
from warehouse.words.phrases import NOT_ADVICE, counted_noun, iso_instant

VERSION = 1
"""Of the document's shape. A member may be added to it; one that is taken away or re-meant makes another."""
MOST_BYTES = 1_000_000
"""Of a document: receivers refuse what is too large. Long values are shortened so that it may be so; no change is
left out."""
VALUE_LETTERS = (None, 1000, 200, 60)
TEXT_LETTERS = 30_000
SENTENCE_LETTERS = 300
Told = DigestMail | WelcomeMail


def is_to_a_channel(recipient: str) -> bool:
    return recipient.startswith(CHANNEL)


def notice(mail: Told) -> bytes:
    """The document for what would else be a mail. Raises ``ValueError`` when there is nothing to tell."""
    if isinstance(mail, DigestMail) and not (mail.changes or mail.arrivals):
        raise ValueError(f"A message for subscription {mail.subscription!r} has nothing to tell.")
    changes, arrivals = (said(mail.changes), said(mail.arrivals)) if isinstance(mail, DigestMail) else ([], [])
    text = fitted("\n".join(_lines(mail, changes)), TEXT_LETTERS)
    whole = [
        *(_change(mail, one, is_arrival=False) for one in changes),
        *(_change(mail, one, is_arrival=True) for one in arrivals),
    ]
    for limit in VALUE_LETTERS:
        written = msgspec.json.encode(_document(mail, text, [_fitted(change, limit) for change in whole]))
        if len(written) <= MOST_BYTES:
            break
    return written


def notice_of_a_test(channel: str, message_id: str, at: datetime) -> bytes:
    """A document that only shows that one arrives. ``at`` is aware."""
    told = "If you can read this, what trialwatch tells reaches you."
    return msgspec.json.encode(
        {
            "version": VERSION,
            "id": message_id.partition("@")[0],
            "type": "test",
            "channel": channel,
            "subscription": None,
            "watch": None,
            "written_at": iso_instant(at),
            "subject": "A test message",
            "text": f"A test message\n{told}\nNothing has changed.",
            "page_url": None,
            "changes": [],
            "data": [],
            "notice": NOT_ADVICE,
        }
    )


def _document(mail: Told, text: str, changes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "version": VERSION,
        "id": mail.message_id.partition("@")[0],
        "type": "changes" if isinstance(mail, DigestMail) else "welcome",
        "channel": mail.recipient.removeprefix(CHANNEL),
        "subscription": mail.subscription,
        "watch": mail.watch,
        "written_at": iso_instant(mail.written_at),
        "subject": inert(subject(mail)),
        "text": text,
        "page_url": mail.page_url,
        "changes": changes,
        "data": [
            {
                "registry_name": night.registry_name,
                "data_version": night.data_version,
                "outcome": night.outcome,
                "observed_at": iso_instant(night.observed_at),
            }
            for night in mail.nights
        ],
        "notice": NOT_ADVICE,
    }


def _change(mail: Told, one: ChangeInWords, *, is_arrival: bool) -> dict[str, Any]:
    """A change in the words of the view ``changes``, with what is told of its trial."""
    told = one.told
    return {
        **{column: _value(getattr(told, column)) for column in COLUMNS},
        "url": web_address(told.url),
        "page_url": _on_our_page(mail, told),
        "sentence": _sentence(one),
        "is_arrival": is_arrival,
        "is_shortened": False,
    }


def _value(value: Any) -> Any:
    return iso_instant(value) if isinstance(value, datetime) else value


def _fitted(change: dict[str, Any], limit: int | None) -> dict[str, Any]:
    """The change with no value of more than so many letters."""
    long = {
        column: shortened(change[column], limit)[0]
        for column in COLUMNS
        if limit and isinstance(change[column], str) and len(change[column]) > limit
    }
    return {**change, **long, "is_shortened": bool(long)}


# -- for people ----------------------------------------------------------------------------------------


def _lines(mail: Told, changes: Sequence[ChangeInWords]) -> Iterator[str]:
    """The subject, an entry for each change, and where to read on."""
    yield inert(subject(mail))
    if isinstance(mail, DigestMail):
        is_one = len({one.told.trial_id for one in changes}) == 1
        for one in changes:
            yield from _entry(mail, one, is_one=is_one)
    else:
        yield f"{counted_noun(mail.trials, 'trial')} found. From now on you are told here what changes."
        for status, count in mail.by_status:
            yield f"{ENTRY}{inert(status)}: {count:,}"
    yield f"{_data(mail)}{NOT_ADVICE}{f' All of it: {mail.page_url}' if mail.page_url else ''}"


def _entry(mail: DigestMail, one: ChangeInWords, *, is_one: bool) -> Iterator[str]:
    """Of a trial that the subject names already, only the sentence."""
    told = one.told
    what = "" if is_one else f"{happened(told, facts_of(told, mail.facts))} ({told.trial_id}). "
    yield f"{ENTRY}{inert(what)}{' ' if what else ''}{_sentence(one)}"
    if link := _on_our_page(mail, told) or web_address(told.url):
        yield f"  {link}"


def _on_our_page(mail: Told, told: ToldChange) -> str | None:
    if not isinstance(mail, DigestMail) or not facts_of(told, mail.facts).is_on_the_page:
        return None
    return on_the_page(mail.page_url, told.trial_id)


def _sentence(one: ChangeInWords) -> str:
    return shortened(inert(str(one.saying)), SENTENCE_LETTERS)[0]


def _data(mail: Told) -> str:
    """What the data are of, and whether all of it was read."""
    return "".join(
        f"{night.registry_name}: data version {inert(night.data_version or 'not told')}, "
        f"the night was {outcome_words(night.outcome)}. "
        for night in mail.nights
    )
