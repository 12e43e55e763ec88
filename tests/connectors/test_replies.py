"""What a mail server's answer means: whose word is final, and what is said of it to anyone who reads."""

import pytest

from connectors.errors import (
    MailboxGoneError,
    MailBrokenOffError,
    MailError,
    MailLaterError,
    MailRefusedError,
    MailServerError,
)
from connectors.replies import ConversationStage, judged

SENDER, RECIPIENT, MAIL = ConversationStage.SENDER, ConversationStage.RECIPIENT, ConversationStage.MAIL


@pytest.mark.parametrize(
    ("stage", "answer", "expected", "is_its_own"),
    [
        # the mailbox's own word
        (RECIPIENT, "550 5.1.1 no such user", MailboxGoneError, True),
        (RECIPIENT, "550 5.1.2 no such domain", MailboxGoneError, True),
        (RECIPIENT, "551 5.1.6 moved", MailboxGoneError, True),
        (RECIPIENT, "550 5.2.1 disabled", MailboxGoneError, True),
        (MAIL, "550 5.1.1 no such user", MailboxGoneError, True),
        (RECIPIENT, "552 5.2.2 full", MailRefusedError, True),
        (RECIPIENT, "450 4.2.2 full", MailLaterError, True),
        (RECIPIENT, "450 4.2.1 busy", MailLaterError, True),
        # these contents
        (MAIL, "554 5.6.0 no", MailRefusedError, True),
        (MAIL, "552 too much", MailRefusedError, True),
        (MAIL, "552 5.3.4 too much", MailRefusedError, True),
        (SENDER, "552 5.3.4 too much", MailRefusedError, True),
        # the server, or we, or nobody knows
        (RECIPIENT, "550 no such user", MailRefusedError, False),
        (RECIPIENT, "554 5.7.1 relay access denied", MailRefusedError, False),
        (RECIPIENT, "530 5.7.0 log in first", MailRefusedError, False),
        (RECIPIENT, "503 MAIL first", MailRefusedError, False),
        (RECIPIENT, "550 5.1.8 sender's domain", MailRefusedError, False),
        (RECIPIENT, "554 5.7.1 <client> blocked using a list", MailRefusedError, False),
        (MAIL, "554 5.7.1 spam", MailRefusedError, False),
        (MAIL, "451 4.3.0 later", MailLaterError, False),
        (RECIPIENT, "421 4.3.2 down", MailLaterError, False),
        (SENDER, "550 5.1.1 not you", MailServerError, False),
        (SENDER, "553 5.7.1 not yours to send from", MailServerError, False),
        (SENDER, "530 5.7.0 log in first", MailServerError, False),
        (SENDER, "451 4.7.1 greylisted", MailServerError, False),
        # no answer at all
        (RECIPIENT, "-1 what?", MailBrokenOffError, False),
        (MAIL, "250 OK", MailBrokenOffError, False),
        (MAIL, "999 x", MailBrokenOffError, False),
    ],
)
def test_an_answer_is_read_by_who_must_act(
    stage: ConversationStage, answer: str, expected: type[MailError], is_its_own: bool
) -> None:
    code, _, said = answer.partition(" ")
    found = judged("The mail server", stage, int(code), said)
    assert (type(found), found.is_its_own, found.said) == (expected, is_its_own, said)
    assert str(found).startswith("The mail server ")


def test_the_sentence_holds_the_codes_and_none_of_the_servers_words() -> None:
    found = judged("The mail server", RECIPIENT, 550, "5.1.1 <…>: user unknown")
    assert str(found) == "The mail server says that there is no such mailbox (550 5.1.1)."
