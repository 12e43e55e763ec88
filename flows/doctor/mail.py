"""Mail: would the server take it, from our sender, for each recipient. It is all taken back: nothing is sent."""

import re
from collections.abc import Iterator
from dataclasses import replace

from connectors.address import bare
from connectors.errors import MailError, MailLaterError
from connectors.smtp import SmtpPostman
from flows import delivery
from flows.channels import channels_of
from flows.doctor.case import Case
from flows.doctor.finding import Diagnosis, failure, of_error, warning, well
from flows.endings import Code
from flows.settings import SettingsError
from flows.terminal.progress import stage

MOST_RECIPIENTS = 50
"""In one conversation: a server takes many in a row for an attack."""
LOOK = "look at TRIALWATCH_SMTP_URL and TRIALWATCH_MAIL_FROM; trialwatch deliver --test ADDRESS sends one mail"
_EXAMPLE = re.compile(r"@(?:.+\.)?(?:example(?:\.(?:com|net|org))?|invalid|test|localhost)$", re.IGNORECASE)
"""Domains that nobody can have (RFC 2606)."""


def subscriptions(case: Case) -> Iterator[Diagnosis]:
    """Whether every watch is told to somebody, and every subscription reaches somebody."""
    told = {each.watch for each in case.configuration.subscriptions}
    for watch in case.configuration.watches:
        if watch.name not in told:
            yield warning(
                "subscriptions", f"nobody is told of the watch {watch.name}", "give it a [[subscription]]"
            )
    for each in case.configuration.subscriptions:
        if not each.notify and all(_EXAMPLE.search(address) for address in each.to):
            sentence = f"subscription {each.name!r} reaches nobody: its addresses are examples"
            yield warning("subscriptions", sentence, "write addresses of people into its `to`")
    if case.settings.operator is None:
        yield warning("operator", "nobody hears of trouble", "set TRIALWATCH_OPERATOR to a mail address")


def channels(case: Case) -> Iterator[Diagnosis]:
    """Whether each channel that a subscription names has an address that can be meant; none is spoken to."""
    told = {name for each in case.configuration.subscriptions for name in each.notify}
    for each in case.configuration.subscriptions:
        try:
            channels_of(case.settings, replace(case.configuration, subscriptions=(each,)))
        except SettingsError as error:
            yield failure("channels", str(error), "correct it, or take the name out of `notify`")
            told -= set(each.notify)
    for name in sorted(told):
        yield well("channels", f"{name} has an address; trialwatch deliver --test notify:{name} tries it")


def mail(case: Case) -> Iterator[Diagnosis]:
    """Whether the mail server would take our mail, by a conversation that ends before any is sent."""
    settings = case.settings
    try:
        postman = delivery.postman_of(settings)
    except SettingsError as error:
        yield failure("mail", str(error), "correct TRIALWATCH_SMTP_URL")
        return
    if not isinstance(postman, SmtpPostman):
        told = f"no mail server is set: mails become files in {settings.outbox}"
        yield warning("mail", told, "set TRIALWATCH_SMTP_URL, if they are to be sent")
        return
    stage(case.progress, f"talking to {postman.host}")
    yield from _rehearsed(case, postman, dict(list(_recipients(case))[:MOST_RECIPIENTS]))


def _rehearsed(case: Case, postman: SmtpPostman, recipients: dict[str, str]) -> Iterator[Diagnosis]:
    """``recipients`` are addresses, each with the words by which it is known here."""
    ours = bare(case.settings.mail_from)
    try:
        said = postman.rehearse(ours, tuple(recipients) or (ours,))
    except MailError as error:
        yield of_error("mail", error, LOOK)
        return
    refused = [(who, answer) for who, answer in zip(recipients.values(), said, strict=False) if answer]
    for who, answer in refused:
        is_for_now = isinstance(answer, MailLaterError)
        do = "that may be greylisting: nights try again" if is_for_now else "correct the address, or ask its owner"
        yield warning("mail", f"{who}: {answer}", do)
    if refused and len(refused) == len(recipients):
        yield failure(
            "mail", f"{postman.host} takes mail for none of {len(refused)} recipients", LOOK, Code.MAIL_DUE
        )
    elif not refused:
        yield well("mail", f"{postman.host} takes our sender and every recipient (nothing was sent)")


def _recipients(case: Case) -> Iterator[tuple[str, str]]:
    if case.settings.operator:
        yield bare(case.settings.operator), "the operator"
    for each in case.configuration.subscriptions:
        for place, address in enumerate(each.to, 1):
            yield address, f"address {place} of subscription {each.name!r}"
