"""What ``trialwatch init`` was told on its command line: a flag for each question."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


@dataclass(frozen=True, slots=True)
class GivenAnswers:
    """The answers that need not be asked for.

    Parameters
    ----------
    drug
        A drug to watch; more than one: repeat it.
    disorder
        A disorder; more than one: repeat it. Without any, all trials of the drugs.
    search
        Instead of both: the address of a ClinicalTrials.gov search, as it stands in the browser.
    watch
        What to call the watch.
    registry
        A registry to ask, or ictrp for files; more than one: repeat it. Without any, all that can be asked, but a
        pasted search's own.
    relevance
        The rules that judge what was found, or "none".
    to
        A mail address to tell; more than one: repeat it.
    kind
        A kind of change to tell; without any, all of high and medium materiality.
    send
        immediately, daily or weekly.
    contact
        Your mail address, for the registries to write to.
    operator
        Who hears of trouble; otherwise the contact.
    smtp_url
        The mail server, smtp://host:587 or smtps://host; without one, mails become files.
    smtp_user
        Whom to log in there as.
    smtp_password_file
        A file whose first line is the password; "-" is standard input. A flag could be seen by others (ps).
    mail_from
        The sender of the mails.
    data_dir
        Where everything is kept.
    test_mail
        Send a test mail to the operator.
    """

    drug: tuple[str, ...] = ()
    disorder: tuple[str, ...] = ()
    search: str | None = None
    watch: str | None = None
    registry: tuple[str, ...] = ()
    relevance: str | None = None
    to: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    send: str | None = None
    contact: str | None = None
    operator: str | None = None
    smtp_url: str | None = None
    smtp_user: str | None = None
    smtp_password_file: Annotated[Path | None, Parameter(allow_leading_hyphen=True)] = None
    mail_from: str | None = None
    data_dir: Path | None = None
    test_mail: bool = False


NOTHING_GIVEN = GivenAnswers()
