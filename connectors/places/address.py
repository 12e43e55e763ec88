"""What an address of TRIALWATCH_PUBLISH_URL means. Pure: nothing is reached, and no library of a place imported.

A ``Place`` takes files, a ``Lake`` takes tables. Both are shown (``shown``) without what is secret in them;
nothing else of an address is ever to be logged, told or stored.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from connectors.errors import PlaceAddressError

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
OF_S3 = {"key", "secret", "token", "region", "endpoint_url"}
OF_THIS_DISK = {"file", "local"}
OF_A_LAKE = {"data_path", "keep_days"}
BLANKS = "write a blank in it as %20"
ESCAPES = "write / ? # % in a password as %2F %3F %23 %25"
_BEGINNING = re.compile(
    r"ducklake:(?:(?:sqlite|postgres|postgresql):(?://)?)?|[a-z][a-z0-9+.-]*://|(?:file|s3):|/|"
)
_OPTION = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HOSTS = re.compile(r"(?:(?:^|,)(?:\[[0-9A-Fa-f:.%]+\]|[^\[\]:,]*)(?::\d+)?)+")
"""PostgreSQL takes several, each with its port."""


@dataclass(frozen=True, slots=True)
class S3:
    """How a bucket is reached. What is None is looked up as AWS's tools do: environment, profile, role."""

    key: str | None = None
    secret: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    region: str | None = None
    endpoint_url: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A folder, a bucket, or whatever else fsspec knows by its scheme. ``url`` ends in no slash."""

    shown: str
    scheme: str
    url: str = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict, repr=False)
    s3: S3 | None = None


@dataclass(frozen=True, slots=True)
class Lake:
    """A DuckLake: where its catalog is, and under which folder or bucket its Parquet files lie.

    ``keep_days`` is how long a night can be asked for; None: for ever.
    """

    shown: str
    kind: str
    catalog: str = field(repr=False)
    data_path: str
    s3: S3 | None = None
    keep_days: int | None = None


def places(text: str) -> tuple[Place | Lake, ...]:
    """Every place of a setting, parted by blanks. Raises ``PlaceAddressError``, which tells no secret."""
    found = tuple(map(_one, text.split()))
    for each in found:
        if [other.shown for other in found].count(each.shown) > 1:
            raise PlaceAddressError(f"names {each.shown} twice; name it once")
    return found


def one_place(text: str) -> Place:
    """The one place of a setting: a folder's path from the root, or an address. Raises as ``places``."""
    found = places(f"file://{quote(text)}" if text.startswith("/") else text)
    if len(found) != 1 or not isinstance(found[0], Place):
        raise PlaceAddressError(f"must name one folder or bucket, and no lake ({BLANKS})")
    return found[0]


def folders(place: Place | Lake) -> tuple[str, ...]:
    """What of this machine's disk a place writes to; nothing where it is elsewhere."""
    if isinstance(place, Place):
        named = (place.url if place.scheme == "file" else urlsplit(place.url).path,)
        return named if place.scheme in OF_THIS_DISK else ()
    return tuple(each for each in (place.catalog, place.data_path) if each.startswith("/"))


def secrets(text: str) -> Iterator[str]:
    """Whatever in a setting nobody may see, as it is written and as it is meant."""
    for address in text.split():
        authority = re.match(r"[a-z0-9+.:-]*://(.*)@", address)
        found = [authority[1].partition(":")[2]] if authority else []
        for name, value in _pairs(address.partition("?")[2]):
            found += [value] if re.search("secret|token|password|key", name, re.IGNORECASE) else []
        for each in filter(None, found):
            yield from {each, unquote(each)}


def _one(address: str) -> Place | Lake:
    shown = _shown(address)
    if "%00" in address:
        raise PlaceAddressError(f"holds {_begun(address)} with a %00 in it, which no name can hold; leave it out")
    if address.startswith("ducklake:"):
        return _lake(address, shown)
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError as error:  # whose own words may quote a password
        raise PlaceAddressError(f"holds {_begun(address)}, which is no address ({ESCAPES})") from error
    if not parts.scheme or not address.startswith(f"{parts.scheme}://") or parts.fragment:
        said = f"a place begins with file://, s3:// or ducklake: ({BLANKS}; {ESCAPES})"
        raise PlaceAddressError(f"holds {_begun(address)}; {said}")
    options = _options(parts.query, address)
    if parts.scheme == "file":
        return _folder(shown, parts.netloc, parts.path, options)
    if parts.scheme == "s3":
        authority, _, bucket = parts.netloc.rpartition("@")
        if not re.fullmatch("[a-z0-9][a-z0-9.-]+", bucket):
            raise PlaceAddressError(
                f"holds {_begun(address)}, which names no bucket: s3://bucket/prefix ({ESCAPES})"
            )
        return Place(shown, "s3", f"s3://{bucket}{parts.path.rstrip('/')}", s3=_s3(shown, authority, options))
    return Place(shown, parts.scheme, address.partition("?")[0].rstrip("/"), options)


def _folder(shown: str, host: str, path: str, options: Mapping[str, str]) -> Place:
    if host not in ("", "localhost") or not path.strip("/"):
        raise PlaceAddressError(f"holds {shown!r}; a folder is written file:///folder, with three slashes")
    _only(shown, options, set())
    return Place(shown, "file", unquote(path).rstrip("/"))


def _lake(address: str, shown: str) -> Lake:
    kind, _, where = address.removeprefix("ducklake:").partition(":")
    where, _, query = where.partition("?")
    kind = {"postgresql": "postgres"}.get(kind, kind)
    begun = _begun(address)
    if kind not in ("sqlite", "postgres") or not where:
        raise PlaceAddressError(
            f"holds {begun}; a lake is written ducklake:sqlite:/folder/catalog.sqlite?data_path=… or "
            "ducklake:postgres://user@host/database?data_path=…"
        )
    options = _options(query, address)
    catalog = _catalog(kind, where, begun)
    _only(shown, options, OF_A_LAKE | OF_S3)
    data_path = options.pop("data_path", "").rstrip("/")
    if not re.match("/|s3://[a-z0-9][a-z0-9.-]+(/|$)", data_path):
        raise PlaceAddressError(f"holds {begun}, which needs data_path=/folder or data_path=s3://bucket/prefix")
    days = options.pop("keep_days", None)
    if days is not None and not re.fullmatch("[1-9][0-9]{0,5}", days):
        raise PlaceAddressError(f"holds {shown!r}; keep_days is a whole number of days from 1")
    s3 = _s3(shown, "", options) if data_path.startswith("s3://") else None
    if options and s3 is None:
        raise PlaceAddressError(f"holds {shown!r}; {', '.join(options)} is for a data_path that is s3://…")
    return Lake(shown, kind, catalog, data_path, s3, int(days) if days else None)


def _catalog(kind: str, where: str, begun: str) -> str:
    """As DuckDB takes it. PostgreSQL's library quotes what it cannot read of an address: such never get there."""
    catalog = unquote(where) if kind == "sqlite" else f"postgresql:{where}"
    if not catalog.startswith(("/", "postgresql://")):
        raise PlaceAddressError(f"holds {begun}; the catalog is a whole path (/folder/file), or //host/database")
    if kind == "postgres":
        authority, _, database = where.removeprefix("//").partition("/")
        hosts = authority.rpartition("@")[2]
        if "@" in database or not _HOSTS.fullmatch(hosts) or re.search("#|%(?![0-9A-Fa-f]{2})", where):
            raise PlaceAddressError(f"holds {begun}, whose database has no address ({ESCAPES})")
    return catalog


def _s3(shown: str, authority: str, options: Mapping[str, str]) -> S3:
    _only(shown, options, OF_S3)
    key, _, secret = authority.partition(":")
    given = {"key": unquote(key), "secret": unquote(secret), **options}
    return S3(**{name: value for name, value in given.items() if value})


def _options(query: str, address: str) -> dict[str, str]:
    options = _written_options(query)
    if not all(map(_OPTION.fullmatch, options)):  # the rest of a password with a question mark, it may be
        raise PlaceAddressError(f"holds {_begun(address)} with an option that has no name ({ESCAPES})")
    return options


def _written_options(query: str) -> dict[str, str]:
    return {name: unquote(value) for name, value in _pairs(query) if name}


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    """Not as forms write them: a plus in a secret is a plus."""
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        yield name, value


def _only(shown: str, options: Mapping[str, str], known: set[str]) -> None:
    if unknown := [name for name in options if name not in known]:
        there = f"there is {', '.join(sorted(known))}" if known else "it takes none"
        raise PlaceAddressError(f"holds {shown!r} with the option {unknown[0]!r}; {there}")


def _shown(address: str) -> str:
    """An address as anybody may see it: without who logs in, and without options but the data's place."""
    bare = address if address.startswith("file:") else re.sub("//.*@", "//", address)
    where, _, query = bare.partition("?")
    shown, data_path = where.rstrip("/"), _written_options(query).get("data_path", "").rstrip("/")
    return f"{shown}?data_path={quote(data_path, safe='/:')}" if data_path else shown


def _begun(address: str) -> str:
    """How an address begins that nobody could read: what in it is a password is not known either."""
    found = _BEGINNING.match(address)
    return f"'{found[0] if found else ''}…'"
