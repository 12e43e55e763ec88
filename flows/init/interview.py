"""The questions of ``trialwatch init``, in their order, and what is made of the answers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from flows import pasted_search
from flows.init import checks
from flows.init.asking import Asking
from flows.init.given import GivenAnswers
from flows.pasted_search import Pasted
from flows.registries import FROM_FILES, SERVED
from flows.settings import SettingsError
from warehouse.judge.relevance import RULE_SETS
from warehouse.words.kinds import KINDS
from warehouse.words.vocabulary import RHYTHMS, rows

NONE = "none"
PARTED = "several: parted by commas"
KETAMINE = "ketamine-substance-use"


@dataclass(frozen=True, slots=True)
class Answers:
    """All that the two files are made of. ``asks`` is the watch's lists, and what of an address it cannot mean."""

    watch: str
    asks: Pasted
    registries: tuple[str, ...]
    relevance: str | None
    to: tuple[str, ...]
    kinds: tuple[str, ...]
    send: str
    settings: dict[str, str]
    """The environment file's, by name."""
    wants_test_mail: bool = False


def answers(asking: Asking, given: GivenAnswers, folder: Path) -> Answers:
    """Every answer, asked for or given. Raises ``SettingsError``."""
    asks = _what(asking, given)
    name = asking.ask("--watch", "What to call this watch", checks.watch_name, given.watch, _name(asks))
    registries = asking.several(
        "--registry",
        f"Registries, of {', '.join(SERVED)}, and {', '.join(FROM_FILES)} for files that you import",
        checks.among((*SERVED, *FROM_FILES)),
        given.registry,
        pasted_search.REGISTRY if asks.is_of_an_address else ", ".join(SERVED),
    )
    rules = asking.ask(
        "--relevance",
        f"Rules that judge what is found, of {', '.join(RULE_SETS)}, {NONE}",
        checks.one_of((*RULE_SETS, NONE)),
        given.relevance,
        KETAMINE if _is_of_ketamine(asks) else NONE,
    )
    to = asking.several("--to", f"Whom to tell: mail addresses ({PARTED})", checks.addresses, given.to)
    kinds = asking.several(
        "--kind", "Only these kinds of change (none: all that matter)", checks.among(KINDS), given.kind, ""
    )
    send = asking.ask("--send", f"When: {', '.join(RHYTHMS)}", checks.one_of(RHYTHMS), given.send, RHYTHMS[0])
    settings = _settings(asking, given, folder)
    asking.must_be_whole()
    chosen = None if rules == NONE else rules
    mail = _wants_test_mail(asking, given, settings)
    return Answers(name or "", asks, registries or (), chosen, to or (), kinds or (), send or "", settings, mail)


def _wants_test_mail(asking: Asking, given: GivenAnswers, settings: dict[str, str]) -> bool:
    if "TRIALWATCH_SMTP_URL" not in settings or given.test_mail:
        return given.test_mail
    question = f"Send a test mail to {settings['TRIALWATCH_OPERATOR']} now: yes or no"
    return asking.ask("--test-mail", question, checks.one_of(("yes", "no")), None, "no") == "yes"


def _what(asking: Asking, given: GivenAnswers) -> Pasted:
    """What is watched: drugs and disorders, or what a pasted address asks for."""
    if given.search is not None:
        if given.drug or given.disorder:
            raise SettingsError("--search stands instead of --drug and --disorder; leave out one or the other")
        return asking.ask("--search", "", pasted_search.read, given.search) or Pasted()
    drugs: tuple[str, ...] | Pasted | None = ()
    if given.drug or not given.disorder:
        question = f"Which drugs ({PARTED}), or the address of a ClinicalTrials.gov search"
        flag = "--drug (or --disorder, or --search)"
        drugs = asking.several(flag, question, checks.drugs_or_search, given.drug)
    if isinstance(drugs, Pasted):
        return drugs
    question = f"Which disorders ({PARTED}; none: any)"
    disorders = asking.several("--disorder", question, checks.terms, given.disorder, "")
    lists = {"interventions": drugs, "conditions": disorders}
    return Pasted({key: words for key, words in lists.items() if words})


def _settings(asking: Asking, given: GivenAnswers, folder: Path) -> dict[str, str]:
    """What goes into the environment file, by the names that it has there."""
    contact = asking.ask(
        "--contact", "Your mail address, for the registries to write to", checks.contact, given.contact
    )
    mailbox = checks.setting("TRIALWATCH_OPERATOR")
    operator = asking.ask("--operator", "Who hears of trouble", mailbox, given.operator, contact or "")
    smtp = asking.ask(
        "--smtp-url", "Mail server, smtp://host:587 (none: mails become files)", checks.server, given.smtp_url, ""
    )
    smtp = _with_login(asking, given, smtp) if smtp else smtp
    sender = asking.ask(
        "--mail-from",
        "Sender of the mails",
        checks.setting("TRIALWATCH_MAIL_FROM"),
        given.mail_from,
        f"trialwatch <{contact}>" if contact else "",
    )
    typed = str(given.data_dir) if given.data_dir else None
    data_dir = asking.ask("--data-dir", "Where everything is kept", checks.folder, typed, str(folder / "data"))
    made = {
        "DATA_DIR": data_dir,
        "CONFIG": str(folder / "trialwatch.toml"),
        "CONTACT": contact,
        "OPERATOR": operator,
        "MAIL_FROM": sender,
        "SMTP_URL": smtp,
    }
    return {f"TRIALWATCH_{name}": value for name, value in made.items() if value}


def _with_login(asking: Asking, given: GivenAnswers, url: str) -> str:
    """The mail server's address with user and password in it, as it is read later."""
    if "@" in urlsplit(url).netloc:
        return url
    user = asking.ask("--smtp-user", "User there (none: no log-in)", str, given.smtp_user, "")
    if not user:
        return url
    file = given.smtp_password_file
    held = checks.first_line(file) if file else None
    password = asking.ask("--smtp-password-file", "Password", checks.password, held, is_secret=True)
    scheme, _, host = url.partition("://")
    return f"{scheme}://{quote(user, safe='')}:{quote(password or '', safe='')}@{host}"


def _name(asks: Pasted) -> str:
    """A name for the watch, of the first word of each of its lists."""
    firsts = [words[0] for words in asks.lists.values() if words]
    return re.sub(r"[^a-z0-9]+", "-", "-".join(firsts).lower()).strip("-")[:64].strip("-") or "watch"


def _is_of_ketamine(asks: Pasted) -> bool:
    """Whether the rules for ketamine in substance use disorders were written for this."""
    drugs, disorders = (
        {word.casefold() for word in asks.lists.get(key, ())} for key in ("interventions", "conditions")
    )
    known = _known("drugs.csv", "name"), _known("conditions.csv", "condition")
    return bool(drugs and disorders) and drugs <= known[0] and disorders <= known[1]


def _known(file: str, column: str) -> set[str]:
    named: Iterable[str] = (row[column] for row in rows(file))
    return {each.casefold() for each in named}
