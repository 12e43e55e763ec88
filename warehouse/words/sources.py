"""Where records come from, and what each registry asks of who passes them on (``vocabulary/registries.csv``).

Pure. It knows what a registry is called and no more of it; one that is not in the list is told by its name alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from warehouse.words.vocabulary import rows


@dataclass(frozen=True, slots=True)
class Source:
    """A registry as readers are told of it. Empty where nothing is known."""

    registry_name: str
    title: str
    kept_by: str = ""
    address: str = ""
    terms: str = ""
    terms_address: str = ""
    errors_to: str = ""

    @property
    def mended(self) -> str:
        """What to do about an error in one of its records."""
        helped = f" to {self.errors_to}" if "@" in self.errors_to else f" as {self.errors_to} says"
        whom = f", or{helped} where that does not help" if self.errors_to else ""
        return f"An error in a record of {self.title} is mended by who registered the trial: write to them{whom}."

    @property
    def asks(self) -> str:
        """What it asks of who passes its records on, and where that stands."""
        return f"{self.title} asks: {self.terms} ({self.terms_address})" if self.terms else ""


def origin(
    registry_names: Sequence[str], data_versions: Sequence[str | None], read_times: Sequence[datetime | None]
) -> str:
    """Where something comes from, in one sentence: each registry, and of which day its data are.

    That is its data version, or where it names none the day on which it was read.
    """
    each = zip(registry_names, data_versions, read_times, strict=True)
    told = [f"{source(name).title}{_as_of(version, read)}" for name, version, read in each]
    return f"From {'; '.join(told)}." if told else ""


def data_versions(
    registry_names: Sequence[str], versions: Sequence[str | None], read_times: Sequence[datetime | None]
) -> str:
    """The data version; of several registries that of each behind its name, or the day on which it was read."""
    if len(registry_names) == 1 and versions[0]:
        return versions[0]
    return ", ".join(dated(registry_names, versions, read_times))


def dated(
    registry_names: Sequence[str], versions: Sequence[str | None], read_times: Sequence[datetime | None]
) -> Iterator[str]:
    """Each registry's name with its data version, or the day on which it was read."""
    for name, version, read in zip(registry_names, versions, read_times, strict=True):
        yield f"{name} {version or _read_on(read) or 'undated'}"


def _as_of(data_version: str | None, read_at: datetime | None) -> str:
    if data_version:
        return f", data version {data_version}"
    return f", {_read_on(read_at)}" if read_at else ""


def _read_on(read_at: datetime | None) -> str:
    return f"read {read_at:%Y-%m-%d}" if read_at else ""


def source(registry_name: str) -> Source:
    """What is known of a registry."""
    for row in rows("registries.csv"):
        if row["registry_name"] == registry_name:
            return Source(**{name: text for name, text in row.items() if name != "source"})
    return Source(registry_name, registry_name)
