"""A plain webhook: a message is posted to it as it is, once, and only the status of the answer is looked at.

It knows nothing of what the message says. Its address is secret: no sentence and no error holds any of it.
"""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import httpx

from connectors.causes import cause
from connectors.errors import MailboxGoneError, MailBrokenOffError, MailError, MailLaterError
from connectors.http import TooSlowError, within, without_login
from connectors.network import Network

SCHEMES = {"json": "http", "jsons": "https", "http": "http", "https": "https"}
"""Ours and Apprise's, by the scheme that they stand for."""
SILENCE_S = 10.0
WHOLE_S = 20.0
"""From the first byte to the head of the answer, however steadily it drips."""
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A header's name (RFC 9110, 5.6.2)."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """One address. ``setting`` is the variable that it stands in, ``name`` how the ledger calls it."""

    name: str
    setting: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    network: Network = field(repr=False)
    silence_s: float = SILENCE_S
    whole_s: float = WHOLE_S

    def send(self, message: bytes, *, sender: str, recipient: str, message_id: str) -> None:
        headers = {
            **self.headers,
            "Content-Type": "application/json",
            "Idempotency-Key": message_id.partition("@")[0],
        }
        try:
            status = within(self.whole_s, lambda: self._posted(message, headers))
        except TooSlowError:
            raise silent(self.name, "timed out", has_answered=True) from None
        except httpx.ConnectError as error:
            raise silent(self.name, cause(error), has_answered=False) from None
        except httpx.HTTPError as error:
            raise silent(self.name, cause(error), has_answered=True) from None
        except Exception as error:  # a library's own: it costs this message an attempt, and nobody else anything
            raise MailLaterError(f"{self.name} did not take a message ({type(error).__name__}).") from None
        if refusal := judged(self.name, self.setting, status):
            raise refusal

    def _posted(self, message: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer, of which no more is read: it may have no end."""
        proxy = self.network.proxy_for(self.url)
        with (
            httpx.Client(
                timeout=self.silence_s,
                follow_redirects=False,
                trust_env=False,
                verify=self._trust(),
                proxy=httpx.Proxy(proxy.url, headers=proxy.headers) if proxy else None,
            ) as client,
            client.stream("POST", self.url, content=message, headers=dict(headers)) as response,
        ):
            return response.status_code

    def _trust(self) -> ssl.SSLContext | bool:
        return self.network.trust() if self.url.startswith("https:") else False


def webhook_of(name: str, setting: str, address: str, agent: str, network: Network) -> Webhook:
    """From ``https://user:password@host/path``, or as Apprise writes it: ``jsons://host/path?+Header=value``.

    Raises ``ValueError`` with a sentence that holds nothing of the address, and ``NetworkError`` where the
    environment names no way to it.
    """
    try:
        parts = urlsplit(address)
        is_one = parts.scheme in SCHEMES and parts.port != 0 and _is_a_name(parts.hostname or "")
    except ValueError:  # whose own words may quote a password
        is_one = False
    if not is_one or re.search(r"[\s\x00-\x1f\x7f]", address) or parts.fragment:
        raise ValueError(
            f"{setting} is no webhook's address; it looks like https://host/path or jsons://host/path"
        )
    query, headers = parts.query, {"User-Agent": agent}
    if parts.scheme.startswith("json"):
        query, added = _as_apprise_writes(setting, parts.query)
        headers |= added
    url, login = without_login(parts._replace(scheme=SCHEMES[parts.scheme], query=query).geturl())
    network.check(url)
    return Webhook(name, setting, url, headers | login, network)


def _is_a_name(host: str) -> bool:
    """Whether a host can be asked for: httpx writes it in ASCII, and Python's sockets look at its labels again."""
    try:
        httpx.URL(scheme="http", host=host).raw_host.decode().encode("idna")
    except (httpx.InvalidURL, UnicodeError):
        return False
    return bool(host)


def _as_apprise_writes(setting: str, query: str) -> tuple[str, dict[str, str]]:
    """What ``+Header=value`` and ``-parameter=value`` mean: a query, and headers."""
    parameters, headers = [], {}
    for part in filter(None, query.split("&")):
        key, _, value = part.partition("=")
        mark, word, said = unquote(key)[:1], unquote(key)[1:], unquote(value)
        if mark == "-" and word:
            parameters.append(part.removeprefix("-").removeprefix("%2D").removeprefix("%2d"))
        elif mark == "+" and _TOKEN.fullmatch(word) and said.isprintable() and said.isascii():
            headers[word] = said
        else:
            raise ValueError(
                f"{setting} holds something after the ? that is neither +Header=value nor -parameter=value"
            )
    return "&".join(parameters), headers


def judged(name: str, setting: str, status: int) -> MailError | None:
    """What an answer's status means; None when the message is in other hands."""
    if 200 <= status < 300:
        return None
    if status == 410:
        return MailboxGoneError(f"{name} is gone for good (it answered 410).", is_its_own=True)
    hint = ""
    if 300 <= status < 400:
        hint = f" It has moved: give {setting} the new address."
    elif status in (401, 403, 404):
        hint = f" If this lasts, look at {setting}."
    return MailLaterError(f"{name} did not take a message (it answered {status}).{hint}", is_its_own=True)


def silent(name: str, why: str, *, has_answered: bool) -> MailError:
    """No answer: ``has_answered`` unless not even a connection came about, which may be our network's fault."""
    return MailBrokenOffError(f"{name} gave no answer: {why}.", is_its_own=has_answered)
