"""How this machine reaches others: through which proxy, and whose certificates it believes.

As curl reads the same variables. It is read here because libraries each read them in their own way and fail in
their own words, which may hold a proxy's password; this machine itself is never asked through a proxy.
"""

import base64
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from connectors.errors import NetworkError

if TYPE_CHECKING:
    import ssl

PORTS = {"http": 80, "https": 443}
Setting = tuple[str, str]
"""A variable's name, as it was spelt, and its value."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy, without its login; ``login`` is what a Proxy-Authorization header says. ``setting`` named it."""

    url: str
    setting: str
    login: str | None = field(default=None, repr=False)

    @property
    def headers(self) -> dict[str, str]:
        return {"Proxy-Authorization": self.login} if self.login else {}


@dataclass(frozen=True, slots=True)
class Network:
    """What the environment says of the network. By itself: no proxy, and the system's certificates."""

    proxies: Mapping[str, Setting] = field(default_factory=dict, repr=False)
    """By scheme, ``all`` for any."""
    without_proxy: Setting | None = None
    certificates: Setting | None = None
    folder_of_certificates: Setting | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Network":
        """The usual variables; of two spellings the one in small letters."""

        def get(name: str) -> Setting | None:
            spelt = next((each for each in (name.lower(), name) if environment.get(each, "").strip()), None)
            return (spelt, environment[spelt].strip()) if spelt else None

        proxies = {scheme: get(f"{scheme.upper()}_PROXY") for scheme in ("http", "https", "all")}
        return cls(
            {scheme: found for scheme, found in proxies.items() if found},
            get("NO_PROXY"),
            get("SSL_CERT_FILE"),
            get("SSL_CERT_DIR"),
        )

    def for_others(self) -> dict[str, str]:
        """Variables with which other users of httpx in this process (Prefect) reach this machine's own servers.

        httpx asks loopback through a proxy unless told not to, and cannot read IPv6 in brackets or networks.
        """
        if not self.proxies:
            return {}
        entries = _entries(self.without_proxy) if self.without_proxy else []
        kept = [entry for entry in entries if not re.search(r"[\[\]/]", entry)]
        told = ",".join(dict.fromkeys([*kept, "localhost", "127.0.0.1", "::1"]))
        return {"NO_PROXY": told, "no_proxy": told}

    def check(self, url: str) -> None:
        """Raises ``NetworkError``, with the variable's name, where the way to an address cannot be meant."""
        self.proxy_for(url)
        if self.certificates or self.folder_of_certificates:  # the system's can be meant, and take long to read
            self.trust()

    def proxy_for(self, url: str) -> Proxy | None:
        """Whom to ask instead of the address itself. Raises ``NetworkError``."""
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port or PORTS.get(parts.scheme)
        if self.without_proxy and _is_among(host, port, self.without_proxy):
            return None
        setting = self.proxies.get(parts.scheme) or self.proxies.get("all")
        proxy = _proxy(*setting) if setting else None
        return None if _is_this_machine(host) else proxy

    def trust(self) -> "ssl.SSLContext":
        """Whose certificates are believed: those that the variables name, else the system's.

        Raises ``NetworkError``.
        """
        import ssl  # late, as truststore: every command reads the settings, and few ask a network

        import truststore

        if self.certificates or self.folder_of_certificates:
            return _trusting(self.certificates, self.folder_of_certificates)
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _trusting(file: Setting | None, folder: Setting | None) -> "ssl.SSLContext":
    import ssl

    folders = [each for each in (folder[1].split(":") if folder else ()) if Path(each).is_dir()]
    if file is None and folder and not folders:
        raise NetworkError(f"{folder[0]} names no folder that is there: {folder[1]}")
    try:
        return ssl.create_default_context(cafile=file and file[1], capath=":".join(folders) or None)
    except (OSError, ValueError) as error:
        name, path = file or folder or ("", "")
        why = (
            "cannot be read" if isinstance(error, FileNotFoundError | PermissionError) else "holds no certificates"
        )
        raise NetworkError(
            f"{name} names {path}, which {why}: name a file of certificates, or unset it"
        ) from error


def _proxy(setting: str, text: str) -> Proxy:
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()
        login = unquote(parts.netloc.rpartition("@")[0], errors="strict")
    except ValueError:  # whose own words may quote a password
        raise _no_proxy_address(setting) from None
    if parts.scheme.startswith("socks"):
        raise NetworkError(
            f"{setting} names a SOCKS proxy, which trialwatch cannot use: name an HTTP proxy "
            "(http://host:3128), or unset it for trialwatch"
        )
    if parts.scheme not in PORTS or not re.fullmatch(r"[^\s/]+", host) or port == 0:
        raise _no_proxy_address(setting)
    shown = f"[{host}]" if ":" in host else host
    secret = base64.b64encode(login.encode()).decode() if login else None
    return Proxy(f"{parts.scheme}://{shown}:{port or PORTS[parts.scheme]}", setting, secret and f"Basic {secret}")


def _no_proxy_address(setting: str) -> NetworkError:
    return NetworkError(f"{setting} is no proxy's address; it looks like http://user:password@host:3128")


def _is_this_machine(host: str) -> bool:
    address = _address(host)
    return address.is_loopback if address else host == "localhost" or host.endswith(".localhost")


def _is_among(host: str, port: int | None, setting: Setting) -> bool:
    """Whether NO_PROXY names a host: itself or a domain above it, its network, with or without its port."""
    return any(_names(entry, host, port, setting[0]) for entry in _entries(setting))


def _entries(setting: Setting) -> list[str]:
    return [entry for entry in re.split(r"[,\s]+", setting[1]) if entry]


def _names(entry: str, host: str, port: int | None, setting: str) -> bool:
    if entry == "*":
        return True
    in_brackets = re.fullmatch(r"\[([^\[\]]*)\](?::(\d+))?", entry)
    if in_brackets:
        name, its_port = in_brackets.groups()
    elif entry.count(":") > 1 or "/" in entry:
        name, its_port = entry, None
    else:
        name, _, its_port = entry.partition(":")
    if its_port and its_port != str(port):
        return False
    address = _address(host)
    if ":" in name or "/" in name:
        try:
            network = ipaddress.ip_network(name.partition("%")[0], strict=False)
        except ValueError:
            raise NetworkError(f"{setting} holds {entry!a}, which is neither a host nor a network") from None
        return address is not None and address in network
    if address:
        return _address(name) == address
    name = name.removeprefix("*").strip(".").lower()
    return bool(name) and (host.lower() == name or host.lower().endswith(f".{name}"))


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
