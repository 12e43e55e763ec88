"""The only place where TRIALWATCH_ variables and trialwatch.toml become settings. Everyone else is handed values.

A setting that cannot be meant is an error that names it, what was found, and the nearest thing that could have
been meant. Secrets come from the environment only and never into a text.

Every command reads it, and ``status`` needs neither the registry's client nor the rules: they are imported late.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, overload
from urllib.parse import urlsplit

from connectors import address
from connectors.errors import NetworkError, PlaceAddressError
from connectors.files import read_text
from connectors.network import Network
from connectors.numbers import as_typed, compared, giver_of, is_a_trials_number
from connectors.places.address import Lake, Place, folders, one_place, places
from connectors.registry import RegistryName
from flows import envfile
from warehouse.judge.watch import Override, Ruling, Subscription, Watch
from warehouse.words.kinds import KINDS
from warehouse.words.vocabulary import RHYTHMS, SUBSTANCES

if TYPE_CHECKING:
    from connectors.http import Manners


class SettingsError(Exception):
    """A setting that cannot be used; the text says which, why, and what to do."""


PREFIX = "TRIALWATCH_"
NOTIFY = f"{PREFIX}NOTIFY_"
VARIABLES = (
    *(
        "DATA_DIR",
        "CONFIG",
        "CTGOV_URL",
        "ISRCTN_URL",
        "CTIS_URL",
        "CONTACT",
        "USER_AGENT",
        "REQUESTS_PER_SECOND",
        "RETRY_SECONDS",
    ),
    *("SMTP_URL", "MAIL_FROM", "REPLY_TO", "OPERATOR", "KEEP_LANDED_DAYS", "PAGE_URL", "PUBLISH_URL", "NOW"),
    *("ENV_FILE", "WORKERS", "LANDING_URL"),
)
READ_BY_PREFECT_YAML = ("HOME",)
"""Read by prefect.yaml: set without harm."""

SLOWEST, FASTEST = 0.001, 1_000_000
LONGEST_RETRY_S = 7 * 86_400
LONGEST_KEPT_DAYS = 36_500
"""A hundred years, for who means for ever."""
EARLIEST_NOW, LATEST_NOW = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
"""Between these every day that is reckoned from now is one that a calendar has."""

REGISTRIES: tuple[str, ...] = get_args(RegistryName)
WATCH_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything from the environment. ``frozen_now`` is an instant for ``now``, or None for the real clock."""

    data_dir: Path
    config: Path
    ctgov_url: str
    isrctn_url: str
    ctis_url: str
    contact: str | None
    named_agent: str | None
    requests_per_second: float
    retry_s: float
    smtp_url: str | None
    mail_from: str
    reply_to: str | None
    operator: str | None
    keep_landed_days: int
    frozen_now: datetime | None
    page_url: str | None = None
    publish_to: tuple[Place | Lake, ...] = ()
    workers: int = 0
    landing_url: str | None = field(default=None, repr=False)
    network: Network = field(default_factory=Network, repr=False)
    notify: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Addresses of channels, which are secret, by the name that a subscription gives them."""

    @property
    def store(self) -> Path:
        return self.data_dir / "store"

    @property
    def published(self) -> Path:
        return self.data_dir / "published"

    @property
    def landed(self) -> Path:
        return self.data_dir / "landed"

    @property
    def outbox(self) -> Path:
        return self.data_dir / "outbox"

    @property
    def status_file(self) -> Path:
        return self.data_dir / "status.json"

    @property
    def smtp_host(self) -> str | None:
        """The mail server without what is secret in its address."""
        return urlsplit(self.smtp_url).hostname if self.smtp_url else None

    @property
    def agent(self) -> str:
        """Who we say we are."""
        from connectors.http import user_agent

        return self.named_agent or user_agent(self.contact)

    @property
    def manners(self) -> "Manners":
        from connectors.http import Manners

        return Manners(self.agent, self.requests_per_second, self.retry_s, network=self.network)

    def check_network(self) -> None:
        """Raises ``SettingsError`` when a proxy or certificates are named that cannot be used."""
        try:
            for url in (self.ctgov_url, self.isrctn_url, self.ctis_url):
                self.network.check(url)
        except NetworkError as error:
            raise SettingsError(str(error)) from error

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self.frozen_now or datetime.now(UTC)


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read every ``TRIALWATCH_`` variable. Raises ``SettingsError``, also for one that there is not.

    Without an environment it is this process's, with the file of settings that it may name, as that is now.
    """
    if environment is None:
        try:
            environment = envfile.adopted()
        except envfile.EnvFileError as error:
            raise SettingsError(str(error)) from error
    _refuse_unknown(environment)

    def get(name: str) -> str | None:
        return environment.get(f"TRIALWATCH_{name}", "").strip() or None

    def number(name: str, default: float, *, least: float, most: float) -> float:
        said = get(name)
        try:
            value = default if said is None else float(said)
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            raise SettingsError(
                f"TRIALWATCH_{name} is {said!r}; it must be a number from {least:.10g} to {most:.10g}"
            )
        return value

    contact, named_agent = get("CONTACT"), get("USER_AGENT")
    for name, said in {"CONTACT": None if named_agent else contact, "USER_AGENT": named_agent}.items():
        _one_line(f"TRIALWATCH_{name}", said or "")
    settings = Settings(
        data_dir=Path(get("DATA_DIR") or "data"),
        config=Path(get("CONFIG") or "trialwatch.toml"),
        ctgov_url=_address("TRIALWATCH_CTGOV_URL", get("CTGOV_URL") or "https://clinicaltrials.gov"),
        isrctn_url=_address("TRIALWATCH_ISRCTN_URL", get("ISRCTN_URL") or "https://www.isrctn.com"),
        ctis_url=_address("TRIALWATCH_CTIS_URL", get("CTIS_URL") or "https://euclinicaltrials.eu"),
        contact=contact,
        named_agent=named_agent,
        requests_per_second=number("REQUESTS_PER_SECOND", 1.0, least=SLOWEST, most=FASTEST),
        retry_s=number("RETRY_SECONDS", 900.0, least=0, most=LONGEST_RETRY_S),
        smtp_url=get("SMTP_URL"),
        mail_from=_mailbox("TRIALWATCH_MAIL_FROM", get("MAIL_FROM") or "trialwatch@localhost"),
        reply_to=_mailbox("TRIALWATCH_REPLY_TO", get("REPLY_TO")),
        operator=_mailbox("TRIALWATCH_OPERATOR", get("OPERATOR")),
        keep_landed_days=int(number("KEEP_LANDED_DAYS", 30, least=0, most=LONGEST_KEPT_DAYS)),
        frozen_now=_instant(get("NOW")),
        page_url=_page_address("TRIALWATCH_PAGE_URL", get("PAGE_URL")),
        publish_to=_places("TRIALWATCH_PUBLISH_URL", get("PUBLISH_URL") or ""),
        workers=_workers(get("WORKERS"), get("LANDING_URL")),
        landing_url=_shared_place("TRIALWATCH_LANDING_URL", get("LANDING_URL")),
        network=Network.of(environment),
        notify={
            name.removeprefix(NOTIFY).lower(): address.strip()
            for name, address in environment.items()
            if name.startswith(NOTIFY) and address.strip()
        },
    )
    _must_be_elsewhere(settings)
    return settings


def _workers(said: str | None, landing_url: str | None) -> int:
    """How many workers a night has; none by default."""
    if said is not None and not re.fullmatch(r"[0-9]{1,3}", said):
        raise SettingsError(f"TRIALWATCH_WORKERS is {said!r}; it must be a number of workers from 0 to 999")
    if int(said or 0) and not landing_url:
        raise SettingsError(
            "TRIALWATCH_WORKERS is set and TRIALWATCH_LANDING_URL is not; name the folder or the object store "
            "that all machines share"
        )
    return int(said or 0)


def _must_be_elsewhere(settings: Settings) -> None:
    """Raises ``SettingsError`` for a place among what we keep: what lies there is cleared and renamed."""
    kept = (settings.data_dir, settings.store, settings.published, settings.landed, settings.outbox)
    ours = {Path(os.path.realpath(each)) for each in kept}
    landing = one_place(settings.landing_url) if settings.landing_url else None
    landings = [("LANDING_URL", landing)] if landing else []
    for name, place in (*(("PUBLISH_URL", each) for each in settings.publish_to), *landings):
        for folder in (Path(os.path.realpath(each)) for each in folders(place)):
            if ours.intersection((folder, *folder.parents)):
                raise SettingsError(
                    f"{PREFIX}{name} holds {place.shown}, which is in {settings.data_dir}, where trialwatch keeps "
                    "what is its own; name a folder outside of it"
                )


def _shared_place(name: str, said: str | None) -> str | None:
    """A folder or an address, which may hold a password: what is wrong with it is told without it."""
    try:
        if said:
            one_place(said)
    except PlaceAddressError as error:
        raise SettingsError(f"{name} {error}") from error
    return said


def is_text(word: str) -> bool:
    """Whether what came from outside can be written in UTF-8: bytes that are no text come as halves of pairs."""
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    """A mistyped variable would be a setting that silently is not made."""
    known = [PREFIX + name for name in (*VARIABLES, *READ_BY_PREFECT_YAML)]
    for name in environment:
        if name.upper().startswith(PREFIX) and name not in known and not re.fullmatch(f"{NOTIFY}[A-Z0-9_]+", name):
            raise SettingsError(
                f"there is no setting {name}{nearest(name.upper(), known)}; unset it, or correct it"
            )
        if name in known and not is_text(environment[name]):
            raise SettingsError(f"{name} holds bytes that are no text in UTF-8; write it otherwise")


def _address(name: str, text: str) -> str:
    try:
        parts = urlsplit(text)
        is_one = bool(parts.hostname) and parts.port != 0 and not parts.query and not parts.fragment
    except ValueError:  # whose own words may quote a password
        is_one = False
    if not is_one or not re.fullmatch(r"https?://[^\s/]+(/\S*)?", text):
        shown = re.sub(r"[^/\s]*@", "…@", text)  # without the password that may stand in it
        raise SettingsError(
            f"{name} is {shown!r}; it must be an address like https://host:443/path: "
            "http or https in small letters, a host, and neither a blank nor what ? or # begins"
        )
    return text.rstrip("/")


def _page_address(name: str, text: str | None) -> str | None:
    """An address whose last slash means something: a page may be what stands behind it."""
    if text:
        _address(name, text)
    return text


def _places(name: str, text: str) -> tuple[Place | Lake, ...]:
    try:
        return places(text)
    except PlaceAddressError as error:
        raise SettingsError(f"{name} {error}") from error


def _one_line(name: str, text: str) -> None:
    if not (text.isprintable() and text.isascii()):
        raise SettingsError(f"{name} is {text!r}; it goes into a header: write it on one line, in plain ASCII")


@overload
def _mailbox(name: str, text: str) -> str: ...
@overload
def _mailbox(name: str, text: None) -> None: ...
@overload
def _mailbox(name: str, text: str | None) -> str | None: ...
def _mailbox(name: str, text: str | None) -> str | None:
    """An address, its domain in ASCII, with the name before it; what is wrong with it is told without it."""
    try:
        return None if text is None else address.named(text)
    except ValueError as error:
        how = "write an address: watch@example.org or Name <watch@example.org>"
        raise SettingsError(f"{name} is no mail address ({error}); {how}") from error


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise SettingsError(f"TRIALWATCH_NOW is {text!r}; write an ISO instant with a zone: 2026-11-24T02:30:00Z")
    if not EARLIEST_NOW <= instant <= LATEST_NOW:
        raise SettingsError(
            f"TRIALWATCH_NOW is {text!r}; write an instant from {EARLIEST_NOW.year} to {LATEST_NOW.year - 1}"
        )
    return instant.astimezone(UTC)


# -- trialwatch.toml -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Configuration:
    """The watches, subscriptions and rulings on twins of a trialwatch.toml, checked."""

    watches: tuple[Watch, ...]
    subscriptions: tuple[Subscription, ...]
    rulings: tuple[Ruling, ...] = ()

    def chosen(self, name: str | None) -> tuple[Watch, ...]:
        """The watch of that name; without one, all of them. Raises ``SettingsError`` for a wrong name."""
        return self.watches if name is None else (self.watch(name),)

    def watch(self, name: str) -> Watch:
        for watch in self.watches:
            if watch.name == name:
                return watch
        names = [watch.name for watch in self.watches]
        raise SettingsError(f"there is no watch {name!r}{nearest(name, names)}; there are: {', '.join(names)}")


def default_watch() -> Path:
    """The trialwatch.toml that comes with us: beside this module in a wheel, at the top of a repository."""
    beside = Path(__file__).with_name("trialwatch.toml")
    return beside if beside.exists() else beside.parents[1] / beside.name


def configuration(path: Path) -> Configuration:
    """Read a trialwatch.toml. Raises ``SettingsError`` with the file, the place and what would be right."""
    try:
        return _configured(_document(path))
    except _WrongError as error:
        raise SettingsError(f"{path}: {error}") from error


def understood(path: Path) -> tuple[Configuration, list[str]]:
    """What of a trialwatch.toml can be used, watch by watch, subscription by subscription; and why not the rest.

    Whoever looks for what is wrong wants all of it at once; a night takes the file whole or not at all.
    """
    try:
        document = _document(path)
    except SettingsError as error:
        return Configuration((), ()), [str(error)]
    kept: dict[str, Any] = {}
    configured, troubles = Configuration((), ()), []
    for key, piece in _pieces(document):
        if key == "subscription" and _is_of_a_wrong_watch(piece, document, kept):
            continue  # the watch's own fault is told
        tried = {**kept, key: _joined(kept.get(key), piece)}
        try:
            configured, kept = _configured(tried, is_whole=False), tried
        except _WrongError as error:
            troubles.append(f"{path}: {error}")
    if not troubles and not configured.watches:
        troubles.append(f"{path}: {NO_WATCH}")
    return configured, troubles


def _pieces(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The document's keys one by one, watches first; what can stand there several times each by itself."""
    for key in sorted(document, key=lambda key: key != "watch"):
        value = document[key]
        if key == "watch" and isinstance(value, dict):
            yield from ((key, {name: block}) for name, block in value.items())
        elif key in ("subscription", *RULINGS) and isinstance(value, list):
            yield from ((key, [block]) for block in value)
        else:
            yield key, value


def _joined(kept: Any, piece: Any) -> Any:
    if kept is None:
        return piece
    return {**kept, **piece} if isinstance(kept, dict) else [*kept, *piece]


def _is_of_a_wrong_watch(piece: Any, document: dict[str, Any], kept: dict[str, Any]) -> bool:
    (block,) = piece if isinstance(piece, list) else ({},)
    watch = block.get("watch") if isinstance(block, dict) else None
    named = document.get("watch")
    return (
        isinstance(watch, str)
        and isinstance(named, dict)
        and watch in named
        and watch not in kept.get("watch", {})
    )


def _document(path: Path) -> dict[str, Any]:
    try:
        text = read_text(path).removeprefix("\ufeff")  # some editors write a byte-order mark
    except FileNotFoundError as error:
        raise SettingsError(
            f"there is no {path}: `trialwatch init` writes one, {default_watch()} is one to copy; "
            "or set TRIALWATCH_CONFIG to yours"
        ) from error
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read ({error.strerror}); set TRIALWATCH_CONFIG or run where a trialwatch.toml is"
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 text: {error}") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error


NO_WATCH = "there is no [watch.NAME] in it"


class _WrongError(Exception):
    pass


def _configured(document: dict[str, Any], *, is_whole: bool = True) -> Configuration:
    top = _Block("the file", document)
    watches = tuple(_watch(name, block) for name, block in top.blocks("watch"))
    subscriptions = tuple(_subscription(block, watches) for block in top.list_of_blocks("subscription"))
    rulings = tuple(_rulings(top))
    top.done()
    if is_whole and not watches:
        raise _WrongError(NO_WATCH)
    names = [each.name for each in subscriptions]
    for name in names:
        if names.count(name) > 1:
            raise _WrongError(f"two subscriptions are called {name!r}; give each its own name")
    return Configuration(watches, subscriptions, rulings)


def _watch(name: str, block: "_Block") -> Watch:
    from warehouse.judge.relevance import RULE_SETS

    if not re.fullmatch(WATCH_NAME, name):
        raise _WrongError(f"{name!r} cannot be a watch's name; use letters, digits, '-', '_' and '.'")
    watch = Watch(
        name,
        registries=_registries(block),
        interventions=block.texts("interventions"),
        conditions=block.texts("conditions"),
        terms=block.texts("terms"),
        follow=tuple(block.trial_id("follow", each) for each in block.texts("follow")),
        relevance=block.choice("relevance", RULE_SETS),
        min_trials=block.count("min_trials"),
        max_trials=block.count("max_trials"),
        everything=block.flag("everything"),
        overrides=dict(_overrides(block)),
    )
    block.done()
    has_terms = bool(watch.interventions or watch.conditions or watch.terms)
    if not (has_terms or watch.follow or watch.everything):
        raise _WrongError(
            f"[watch.{name}] asks for nothing: give it interventions, conditions, terms or follow "
            "(or everything = true, if you do mean the whole registry)"
        )
    if watch.everything and has_terms:
        raise _WrongError(f"[watch.{name}] has both everything and terms; keep one of them")
    if watch.min_trials and watch.max_trials and watch.min_trials > watch.max_trials:
        raise _WrongError(f"[watch.{name}] has min_trials above max_trials")
    return watch


def _registries(block: "_Block") -> tuple[str, ...]:
    if not block.has("registries"):
        return ("clinicaltrials.gov",)
    if not (named := block.choices("registries", REGISTRIES)):
        raise _WrongError(
            f"{block.name} has no registry: name some of {', '.join(REGISTRIES)}, or leave the line out for "
            "clinicaltrials.gov alone"
        )
    return named


def _overrides(block: "_Block") -> Iterator[tuple[str, Override]]:
    for written, entry in block.blocks("overrides"):
        relevant, reason, by = entry.required_flag("relevant"), entry.text("reason"), entry.text("by")
        entry.done()
        if not reason or not by:
            raise _WrongError(f"{entry.name} needs a reason and a name (by)")
        yield block.trial_id("overrides", written), Override(relevant, reason, by)


def _subscription(block: "_Block", watches: tuple[Watch, ...]) -> Subscription:
    name = block.text("name")
    if not name:
        raise _WrongError("a [[subscription]] has no name")
    block.name = f"subscription {name!r}"
    watch = block.choice("watch", tuple(each.name for each in watches))
    if watch is None:
        raise _WrongError(f"{block.name} names no watch")
    to = tuple(dict.fromkeys(_recipients(block)))
    notify = tuple(dict.fromkeys(_channel(block.name, each) for each in block.texts("notify")))
    subscription = Subscription(
        name,
        watch,
        to,
        substances=block.choices("substances", SUBSTANCES),
        kinds=block.choices("kinds", tuple(KINDS)),
        send=block.choice("send", RHYTHMS) or "immediately",
        notify=notify,
    )
    block.done()
    if not subscription.recipients:
        raise _WrongError(f"{block.name} reaches nobody: give it addresses (to) or channels (notify)")
    return subscription


RULINGS = {"tie": True, "part": False}
"""Tables of the file in which a person rules on two numbers, and whether these are one study then."""


def _rulings(top: "_Block") -> Iterator[Ruling]:
    ruled: dict[tuple[str, str], str] = {}
    for key, is_one_study in RULINGS.items():
        for block in top.list_of_blocks(key):
            ruling = _ruling(block, is_one_study=is_one_study)
            pair = (ruling.trial_id, ruling.other_id)
            if pair in ruled:
                raise _WrongError(f"{ruled[pair]} and {block.name} are both about {' and '.join(pair)}; keep one")
            ruled[pair] = block.name
            yield ruling


def _ruling(block: "_Block", *, is_one_study: bool) -> Ruling:
    written = block.texts("trials")
    if len(written) != 2:
        raise _WrongError(f"{block.name}: trials must hold two numbers; it holds {len(written)}")
    one, other = sorted(_compared(block.name, each) for each in written)
    reason, by = block.text("reason"), block.text("by")
    block.done()
    if one == other:
        raise _WrongError(f"{block.name}: {' and '.join(written)} are the same number; name the other trial's")
    if is_one_study and giver_of(one) == giver_of(other):
        raise _WrongError(
            f"{block.name}: {one} and {other} are two numbers of one registry, which stay two studies; "
            "take it out, or name the number that another registry gave"
        )
    if not reason or not by:
        raise _WrongError(f"{block.name} needs a reason and a name (by)")
    return Ruling(one, other, is_one_study, reason, by)


def _compared(block_name: str, text: str) -> str:
    number = compared(text)
    if number is None:
        raise _WrongError(
            f"{block_name}: trials holds {text!r}, which is no registry's number; write it as the registry does "
            "(NCT and 8 digits, ISRCTN and 8 digits, 2021-000123-10)"
        )
    return number


def _channel(block_name: str, text: str) -> str:
    """A channel's name, never its address, which is secret. It may be an address all the same: it is not told."""
    if not re.fullmatch(r"[A-Za-z0-9_]{1,40}", text):
        raise _WrongError(
            f"{block_name}: notify must hold names of letters, digits and '_', as slack for {NOTIFY}SLACK; "
            "an address belongs into that variable alone"
        )
    return text.lower()


def _recipients(block: "_Block") -> Iterator[str]:
    """Addresses with their domains in ASCII. What is wrong with one is told without it: it may go to Prefect."""
    for place, text in enumerate(block.texts("to"), 1):
        try:
            if "<" in text:
                raise ValueError("leave out the name and the brackets")
            yield address.bare(text)
        except ValueError as error:
            raise _WrongError(f"{block.name}: address {place} of to is no mail address: {error}") from error


class _Block:
    """A table of the file that knows its name and which of its keys nobody has asked for."""

    def __init__(self, name: str, values: Any) -> None:
        if not isinstance(values, dict):
            raise _WrongError(f"{name} must be a table")
        self.name = name
        self._values = dict(values)
        self._known: list[str] = []

    def _take(self, key: str, kind: type, what: str) -> Any:
        self._known.append(key)
        value = self._values.pop(key, None)
        if value is not None and (not isinstance(value, kind) or (isinstance(value, bool) and kind is int)):
            raise _WrongError(f"{self.name}: {key} must be {what}")
        return value

    def has(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str) -> str | None:
        found: str | None = self._take(key, str, "a text in quotes")
        return " ".join(found.split()) or None if found else None  # a toml's text may go over several lines

    def texts(self, key: str) -> tuple[str, ...]:
        found = self._take(key, list, "a list of texts") or []
        if not all(isinstance(each, str) and each.strip() for each in found):
            raise _WrongError(f"{self.name}: {key} must be a list of texts, none of them empty")
        return tuple(dict.fromkeys(each.strip() for each in found))

    def flag(self, key: str) -> bool:
        return bool(self._take(key, bool, "true or false"))

    def required_flag(self, key: str) -> bool:
        if not self.has(key):
            raise _WrongError(f"{self.name} must say {key} = true or {key} = false")
        return self.flag(key)

    def count(self, key: str) -> int | None:
        found: int | None = self._take(key, int, "a whole number")
        if found is not None and found < 0:
            raise _WrongError(f"{self.name}: {key} must not be negative")
        return found

    def trial_id(self, key: str, text: str) -> str:
        """A trial's number in the registry's own spelling, one that some registry could have given."""
        trial_id = as_typed(text)
        if not is_a_trials_number(trial_id):
            like = "such as NCT01234567, ISRCTN12345678 or 2024-512345-12"
            raise _WrongError(f"{self.name}: {key} holds {text!r}, which is no trial's number ({like})")
        return trial_id

    def choice(self, key: str, among: tuple[str, ...]) -> str | None:
        found = self.text(key)
        return None if found is None else self._among(key, found, among)

    def choices(self, key: str, among: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self._among(key, each, among) for each in self.texts(key))

    def _among(self, key: str, value: str, among: tuple[str, ...]) -> str:
        if value not in among:
            raise _WrongError(
                f"{self.name}: {key} cannot be {value!r}{nearest(value, among)}; it is one of {', '.join(among)}"
            )
        return value

    def blocks(self, key: str) -> Iterator[tuple[str, "_Block"]]:
        for name, values in (self._take(key, dict, "a table") or {}).items():
            yield name, _Block(f"[{key}.{name}]", values)

    def list_of_blocks(self, key: str) -> Iterator["_Block"]:
        for number, values in enumerate(self._take(key, list, f"written as [[{key}]]") or [], 1):
            yield _Block(f"{key} {number}", values)

    def done(self) -> None:
        for key in self._values:
            raise _WrongError(f"{self.name} has an unknown key {key!r}{nearest(key, self._known)}")


def nearest(word: str, among: Iterable[str]) -> str:
    """A hint at the word that was probably meant, or nothing."""
    near = difflib.get_close_matches(word, list(among), n=1, cutoff=0.5)
    return f" (did you mean {near[0]!r}?)" if near else ""
