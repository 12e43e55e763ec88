"""What a mail server's answer means, and who must act on it. Pure: codes in, an error with a sentence of ours out.

A code of three digits says little: relays, blocklists and servers that want a log-in say 550 and 554 like one
that knows no such mailbox. The enhanced code (RFC 3463) says what was refused; the mailbox's own word is final,
anything else is read together with what became of the other mails (``warehouse.tell.fates``).
"""

import re
from enum import StrEnum

from connectors.errors import (
    MailboxGoneError,
    MailBrokenOffError,
    MailError,
    MailLaterError,
    MailRefusedError,
    MailServerError,
)


class ConversationStage(StrEnum):
    """How far the conversation had come; in the words of a sentence about it."""

    SENDER = "our sender"
    RECIPIENT = "the recipient"
    MAIL = "the mail"


NO_SUCH_MAILBOX = frozenset({"1.1", "1.2", "1.6", "2.1"})
"""Bad mailbox, bad domain, moved without a forwarding address, disabled (RFC 3463, 3.2 and 3.3)."""
ABOUT_THE_SENDER = frozenset({"1.7", "1.8"})
TOO_LARGE = frozenset({"2.3", "3.4"})
EXCEEDED = 552
"""What a server that limits sizes answers without an enhanced code (RFC 1870, 6)."""

_ENHANCED = re.compile(r"\s*[245]\.(\d{1,3})\.(\d{1,3})\b")


def judged(server: str, stage: ConversationStage, code: int, said: str) -> MailError:
    """The error for one answer. ``server`` begins the sentence; ``said`` is the answer's text, fit for a log."""
    about = _enhanced(said)
    shown = f"{code} {code // 100}.{about}" if about else str(code)
    is_its_own = _names_this_mail(stage, code, about)
    if not 400 <= code < 600:
        return MailBrokenOffError(f"{server} did not answer to {stage} as mail servers do.", said)
    if stage is ConversationStage.SENDER and not is_its_own:
        hint = "If this lasts, look at TRIALWATCH_MAIL_FROM and TRIALWATCH_SMTP_URL."
        return MailServerError(f"{server} does not accept our sender ({shown}). {hint}", said)
    if code < 500:
        return MailLaterError(f"{server} does not take {stage} now ({shown}).", said, is_its_own=is_its_own)
    if about in NO_SUCH_MAILBOX and stage is not ConversationStage.SENDER:
        return MailboxGoneError(f"{server} says that there is no such mailbox ({shown}).", said, is_its_own=True)
    if about in TOO_LARGE or code == EXCEEDED:
        return MailRefusedError(f"{server} says that the mail is too large ({shown}).", said, is_its_own=True)
    return MailRefusedError(f"{server} refused {stage} ({shown}).", said, is_its_own=is_its_own)


def _enhanced(said: str) -> str:
    """Subject and detail of an enhanced code, without its class: ``1.1``; empty when there is none."""
    found = _ENHANCED.match(said)
    return f"{found[1]}.{found[2]}" if found else ""


def _names_this_mail(stage: ConversationStage, code: int, about: str) -> bool:
    """Whether the answer says that it lies with this mailbox (x.1, x.2) or these contents (x.6, size)."""
    if about in TOO_LARGE or (code == EXCEEDED and not about):
        return True
    return (
        stage is not ConversationStage.SENDER and about not in ABOUT_THE_SENDER and about[:2] in ("1.", "2.", "6.")
    )
