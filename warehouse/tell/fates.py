"""What becomes of mails that were offered in one round: from the answers to all of them, the fate of each. Pure.

A server that refuses everything says nothing of any mailbox, whatever code it says it with: a relay that does
not know us, a blocklist, a log-in that was forgotten. So a refusal is final only when the mailbox itself is named
as the reason, or when the same server took other mails in the same round. Time may heal everything else.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum, auto

from warehouse.tell.retries import MOST_ATTEMPTS


class ServerReply(Enum):
    """What came back when one mail was offered."""

    TAKEN = auto()
    NO_SUCH_MAILBOX = auto()
    REFUSED = auto()
    LATER = auto()
    NO_SERVER = auto()
    """It was not even offered: no connection, no log-in, our sender not accepted."""


class Fate(Enum):
    """What is noted of it."""

    SENT = auto()
    GIVEN_UP = auto()
    POSTPONED = auto()
    """Counted, and offered again after a pause."""
    STILL_DUE = auto()
    """Due as before: what failed was not this mail, so the attempt is not counted."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One mail and its answer. ``attempts`` counts this one; ``is_its_own`` where the server named this mailbox
    or these contents as the reason; the operator's mail is never given up, for who should be told of that?"""

    message_id: str
    answer: ServerReply
    attempts: int
    is_its_own: bool = False
    is_to_the_operator: bool = False


def fates(offered: Iterable[Offered], taken_meanwhile: Collection[str] = ()) -> dict[str, Fate]:
    """The fate of each mail of a round, by Message-ID.

    ``taken_meanwhile`` are those since whose writing the server has taken any other mail, in whichever round.
    """
    offered = tuple(offered)
    took_others = any(each.answer is ServerReply.TAKEN for each in offered)
    return {each.message_id: _fate(each, took_others, each.message_id in taken_meanwhile) for each in offered}


def _fate(mail: Offered, took_others: bool, took_others_meanwhile: bool) -> Fate:
    if mail.answer is ServerReply.TAKEN:
        return Fate.SENT
    if mail.answer is ServerReply.NO_SERVER:
        return Fate.STILL_DUE
    if mail.answer is ServerReply.REFUSED and not (took_others or mail.is_its_own):
        return Fate.STILL_DUE
    is_final = (
        mail.answer is ServerReply.NO_SUCH_MAILBOX
        or (mail.answer is ServerReply.REFUSED and took_others)
        or (mail.attempts >= MOST_ATTEMPTS and (mail.is_its_own or took_others_meanwhile))
    )
    return Fate.GIVEN_UP if is_final and not mail.is_to_the_operator else Fate.POSTPONED
