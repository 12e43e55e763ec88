"""One polite HTTP client for every registry.

It keeps to a rate, says who it is, waits when told to, tries again only what time may heal, and turns every
failure into a sentence. It knows nothing of what the answers mean. The two libraries that carry its requests
stand behind ``Transport``: when a wall in front of a registry refuses one (403), the client tries the other
honest ways of saying who it is, once each, and remembers what worked. It never poses as a browser.
"""

import base64
import email.utils
import logging
import queue
import random
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Protocol, Self, TypeVar
from urllib.parse import unquote, urlsplit

import httpx
import tenacity

from connectors.causes import cause, has_no_address, masked
from connectors.errors import OurBugError, RefusedError, RegistryError
from connectors.network import Network, Proxy

if TYPE_CHECKING:
    from connectors.by_urllib3 import Urllib3Transport

log = logging.getLogger("trialwatch")

HEALS_WITH_TIME = frozenset({429, 500, 502, 503, 504})
ATTEMPTS = 20
ATTEMPTS_WITHOUT_CONNECTION = 6
"""Half a minute: a name that does not resolve or a port that is shut seldom heals within one night's run."""
LONGEST_PAUSE_S = 60.0
LONGEST_ANSWER_S = 300.0
"""From the first byte asked to the last byte received, however steadily they drip."""
MOST_BYTES = 1024 * 1024 * 1024
"""Of one answer, unpacked. A page of a thousand studies has 20 MB, and one with a few monstrous records among
them is still a page."""
LONGEST_ADDRESS = 120
"""Letters of an address that are told."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: ``body`` is decoded from any transfer encoding; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace").strip()

    @property
    def where(self) -> str:
        """The address as a sentence can hold it: a question may make it thousands of letters long."""
        return self.url if len(self.url) <= LONGEST_ADDRESS else f"{self.url[:LONGEST_ADDRESS]}…"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: a path with its parameters, and with a body what is posted there, as JSON."""

    path: str
    params: Mapping[str, str]
    body: bytes | None = None

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.body is None else {"Content-Type": "application/json"}


class TransportError(Exception):
    """No whole answer came: the connection failed, timed out or broke off."""


class NoConnectionError(TransportError):
    """Not even a connection came about."""


class NoAddressError(NoConnectionError):
    """The name that was to be connected to has no address here."""


def not_connected(error: Exception) -> NoConnectionError:
    """Why no connection came about, in our words."""
    return (NoAddressError if has_no_address(error) else NoConnectionError)(cause(error))


@dataclass(frozen=True, slots=True)
class Way:
    """How a transport gets out: through which proxy, if any, and whose certificates it believes."""

    proxy: Proxy | None
    trust: ssl.SSLContext


class Transport(Protocol):
    """The small interface that any HTTP library can be put behind."""

    own_agent: str

    def ask(self, url: str, asked: "Asked", headers: Mapping[str, str]) -> Answer:
        """One request, redirects not followed. Raises ``TransportError`` when no whole answer came."""

    def close(self) -> None:
        """Let go of every connection."""


class HttpxTransport:
    """HTTP/1.1 by httpx: HTTP/2 measured slower on large pages (docs/decisions.md)."""

    own_agent = f"python-httpx/{httpx.__version__}"

    def __init__(self, timeout_s: float, most_bytes: int = MOST_BYTES, way: Way | None = None) -> None:
        self._most_bytes = most_bytes
        way = way or Way(None, Network().trust())
        proxy = httpx.Proxy(way.proxy.url, headers=way.proxy.headers) if way.proxy else None
        # The environment was read by ``Network``: httpx would read it once more, in its own way.
        self._client = httpx.Client(
            timeout=timeout_s, follow_redirects=False, trust_env=False, verify=way.trust, proxy=proxy
        )

    def ask(self, url: str, asked: Asked, headers: Mapping[str, str]) -> Answer:
        params, body = dict(asked.params) or None, asked.body
        stream = self._client.stream(asked.method, url, params=params, content=body, headers=dict(headers))
        try:
            with stream as response:
                body = whole(response.iter_bytes(), self._most_bytes, url)
        except httpx.ConnectError as error:
            raise not_connected(error) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise TransportError(cause(error)) from error
        return Answer(response.status_code, dict(response.headers), body, str(response.url))

    def close(self) -> None:
        self._client.close()


def whole(pieces: Iterable[bytes], most_bytes: int, url: str) -> bytes:
    """All of an answer, or ``RegistryError`` for one without end, which no second try would mend."""
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > most_bytes:
            raise RegistryError(f"{url} answered more than {most_bytes:,} bytes, which no registry means")
    return bytes(body)


def user_agent(contact: str | None) -> str:
    """Who we say we are: project, version and whom to write to."""
    return f"trialwatch/{version('trialwatch')} (registry monitor; contact: {contact or 'not given'})"


@dataclass(frozen=True, slots=True)
class Manners:
    """How we behave. Times are in seconds; ``retry_s`` bounds the retries of any one request.

    ``timeout_s`` is the longest silence, and what any answer is given; a longer one has as long as is left of
    ``retry_s``, and no answer has more than ``LONGEST_ANSWER_S``.
    """

    agent: str
    requests_per_second: float = 1.0
    retry_s: float = 900.0
    timeout_s: float = 60.0
    network: Network = field(default_factory=Network, repr=False)

    def longest_wait_s(self, spent_s: float) -> float:
        """How long the next attempt may take from its first byte to its last."""
        return min(max(self.timeout_s, self.retry_s - spent_s), LONGEST_ANSWER_S)


@dataclass(slots=True)
class Pace:
    """When the next request may go out; shared by all clients of one registry, from watch to watch."""

    free_at: float = 0.0


@dataclass(slots=True)
class Outage:
    """Whether some name had no address however often it was asked for: another that has none is not waited for.

    Shared by all clients of a night: without a network, each registry would be tried for half a minute.
    """

    is_long: bool = False


@dataclass(slots=True)
class PoliteClient:
    """Asks one registry, one request at a time.

    ``voice`` says which of the honest ways of asking is in use (0 is our own agent through httpx); keep it
    from one night to the next so that a wall is not met twice. ``most_bytes`` bounds one answer, unpacked;
    ``accepts`` are the forms that it may have. ``told_at`` is what the other side's clock said in its last answer.
    ``sleep`` and ``clock`` are for tests.
    """

    base_url: str
    manners: Manners
    voice: int = 0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    pace: Pace = field(default_factory=Pace)
    outage: Outage = field(default_factory=Outage)
    requests: int = 0
    told_at: datetime | None = None
    most_bytes: int = MOST_BYTES
    accepts: str = "application/json"
    _transports: dict[type, Transport] = field(default_factory=dict)
    _address: str = field(init=False)
    _login: dict[str, str] = field(init=False, repr=False)
    _way: Way | None = field(init=False, default=None, repr=False)

    VOICES = 3

    def __post_init__(self) -> None:
        self._address, self._login = without_login(self.base_url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for transport in self._transports.values():
            transport.close()
        self._transports.clear()

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """The registry's answer, whatever its status but those that are failures for everyone.

        Raises ``RegistryError`` (no whole answer, or the registry stayed unwell for as long as we may wait),
        ``RefusedError`` (403 to every way of asking) or ``OurBugError`` (400, with the registry's sentence).
        """
        return self._let_in(Asked(path, params or {}))

    def post(self, path: str, body: bytes) -> Answer:
        """The answer to what is posted as JSON: a question that has no address. As ``get``."""
        return self._let_in(Asked(path, {}, body))

    def _let_in(self, asked: Asked) -> Answer:
        answer = self._patiently(asked)
        if answer.status == 403:
            answer = self._with_another_voice(asked, answer)
        if answer.status in (400, 414):
            raise OurBugError(
                f"{answer.where} was refused as a wrong request: {_excerpt(answer)}", _excerpt(answer)
            )
        return answer

    def json(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """An answer that is JSON with status 200, or a failure that says what came instead."""
        return must_be_json(self.get(path, params))

    def _with_another_voice(self, asked: Asked, first: Answer) -> Answer:
        refused = self.voice
        for voice in (other for other in range(self.VOICES) if other != refused):
            self.voice = voice
            try:
                answer = self._patiently(asked)
            except RegistryError:
                continue  # no way out either, and not one to remember
            if answer.status != 403 and answer.content_type != "text/html":
                return answer
        self.voice = refused
        raise RefusedError(
            f"{self._address} refuses us (403; no other agent or transport gets through): {_excerpt(first)}. "
            "Set TRIALWATCH_CONTACT to an address the registry can write to, try another "
            "TRIALWATCH_USER_AGENT, or run from another network."
        )

    def _patiently(self, asked: Asked) -> Answer:
        started = self.clock()
        pauses = tenacity.wait_exponential_jitter(multiplier=1, max=LONGEST_PAUSE_S, jitter=1)

        def pause(state: tenacity.RetryCallState) -> float:
            answer = _answered(state)
            told = _retry_after(answer) if answer else None
            return pauses(state) if told is None else told + random.uniform(0, 0.5)

        def is_hopeless(state: tenacity.RetryCallState) -> bool:
            spent = self.clock() - started
            error = state.outcome and state.outcome.exception()
            if self.outage.is_long and isinstance(error, NoAddressError):
                return True
            most = ATTEMPTS_WITHOUT_CONNECTION if isinstance(error, NoConnectionError) else ATTEMPTS
            return state.attempt_number >= most or spent + state.upcoming_sleep > self.manners.retry_s

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(TransportError)
            | tenacity.retry_if_result(lambda answer: answer.status in HEALS_WITH_TIME),
            wait=pause,
            stop=is_hopeless,
            sleep=self.sleep,
            before_sleep=self._tell_of_the_pause,
            retry_error_callback=self._give_up,
        )
        return retrying(lambda: self._once(asked, self.manners.longest_wait_s(self.clock() - started)))

    def _tell_of_the_pause(self, state: tenacity.RetryCallState) -> None:
        answer = _answered(state)
        what = f"answered {answer.status}" if answer else "could not be reached"
        error = state.outcome.exception() if state.outcome else None
        log.debug("%s: %s", self._address, masked(error.__cause__ or error) if error else what)
        log.warning("%s %s; trying again in %.0f s", self._address, what, state.upcoming_sleep)

    def _give_up(self, state: tenacity.RetryCallState) -> Answer:
        tries = f"{state.attempt_number} {'try' if state.attempt_number == 1 else 'tries'}"
        answer = _answered(state)
        if answer is not None:
            raise RegistryError(f"{answer.where} answered {answer.status} ({tries}): {_excerpt(answer)}")
        error = state.outcome.exception() if state.outcome else None
        self.outage.is_long |= isinstance(error, NoAddressError)
        proxy = self._way.proxy if self._way else None
        through = f" through the proxy of {proxy.setting}" if proxy else ""
        raise RegistryError(f"{self._address} could not be reached{through} ({tries}): {error}") from error

    def _once(self, asked: Asked, longest_wait_s: float) -> Answer:
        now = self.clock()
        if now < self.pace.free_at:
            self.sleep(self.pace.free_at - now)
        self.pace.free_at = max(now, self.pace.free_at) + 1 / self.manners.requests_per_second
        self.requests += 1
        kind = _transport(self.voice)
        if kind not in self._transports:
            network = self.manners.network
            self._way = Way(network.proxy_for(self._address), network.trust())
            self._transports[kind] = kind(self.manners.timeout_s, self.most_bytes, self._way)
        transport = self._transports[kind]
        agent = transport.own_agent if self.voice == 1 else self.manners.agent
        headers = {"User-Agent": agent, "Accept": self.accepts, **asked.headers, **self._login}
        url = f"{self._address}{asked.path}"
        try:
            answer = within(longest_wait_s, lambda: transport.ask(url, asked, headers))
        except TooSlowError:
            del self._transports[kind]  # its connection still waits for the rest
            raise
        self.outage.is_long = False
        self.told_at = _instant(answer.headers.get("date", ""))
        return answer


def _transport(voice: int) -> type[HttpxTransport] | type["Urllib3Transport"]:
    if voice < 2:
        return HttpxTransport
    from connectors.by_urllib3 import Urllib3Transport  # late: few nights need it, and all would pay for it

    return Urllib3Transport


class TooSlowError(TransportError):
    """An answer had not ended when its time was up."""


Got = TypeVar("Got")


def within(longest_wait_s: float, get: Callable[[], Got]) -> Got:
    """What ``get`` returns or raises, unless it takes longer: then it is left alone with whoever drips.

    The libraries' own timeouts are of a silence; bytes that drip never make one, be they of a body, a header
    or a handshake. The thread that is left behind ends with its connection, or with us.
    """
    ended: queue.SimpleQueue[tuple[list[Got], BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            ended.put(([get()], None))
        except BaseException as error:
            ended.put(([], error))

    threading.Thread(target=run, daemon=True, name="one request").start()
    try:
        got, error = ended.get(timeout=longest_wait_s)
    except queue.Empty:
        raise TooSlowError(f"no whole answer in {longest_wait_s:g} s (timed out)") from None
    if error is not None:
        raise error
    return got[0]


def without_login(url: str) -> tuple[str, dict[str, str]]:
    """The address as it may be shown, and the header that logs in where the address held user and password."""
    parts = urlsplit(url)
    login, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, {}
    secret = base64.b64encode(unquote(login).encode()).decode()
    return parts._replace(netloc=host).geturl(), {"Authorization": f"Basic {secret}"}


def must_be_json(answer: Answer) -> Answer:
    """The answer itself when it is JSON with status 200; raises ``RegistryError`` otherwise.

    A wall of HTML comes with 200 as well, so the status alone is believed of nothing.
    """
    if answer.status != 200:
        raise RegistryError(f"{answer.where} answered {answer.status}: {_excerpt(answer)}")
    if answer.content_type not in ("application/json", ""):
        raise RegistryError(
            f"{answer.where} answered {answer.content_type} instead of JSON "
            f"(a wall in front of the registry?): {_excerpt(answer)}"
        )
    if not answer.body.strip():
        raise RegistryError(f"{answer.where} answered 200 with an empty body")
    return answer


def _answered(state: tenacity.RetryCallState) -> Answer | None:
    """The answer of the last attempt; None when it brought none."""
    return None if state.outcome is None or state.outcome.failed else state.outcome.result()


def _retry_after(answer: Answer) -> float | None:
    """Seconds the registry asks us to wait (RFC 9110, 10.2.3: seconds or an HTTP date), if it does.

    A date is measured by the registry's own clock, which its answer tells: ours may be wrong.
    """
    said = answer.headers.get("retry-after", "").strip()
    if said.isdecimal():
        return float(said)
    until = _instant(said)
    if until is None:
        return None
    now = _instant(answer.headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def _instant(http_date: str) -> datetime | None:
    try:
        found = email.utils.parsedate_to_datetime(http_date)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _excerpt(answer: Answer) -> str:
    return masked(answer.text) or "an empty body"
