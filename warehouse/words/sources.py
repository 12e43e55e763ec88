"""Where records come from, and what each registry asks of who passes them on (``vocabulary/registries.csv``).

Pure. It knows what a registry is called and no more of it; one that is not in the list is told by its name alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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
        whom = f", or to {self.errors_to} where that does not help" if self.errors_to else ""
        return f"An error in a record of {self.title} is mended by who registered the trial: write to them{whom}."

    @property
    def asks(self) -> str:
        """What it asks of who passes its records on, and where that stands."""
        return f"{self.title} asks: {self.terms} ({self.terms_address})" if self.terms else ""


def origin(registry_names: Sequence[str], data_versions: Sequence[str | None]) -> str:
    """Where something comes from, in one sentence: each registry, and of which day its data are."""
    versions = [f", data version {version}" if version else "" for version in data_versions]
    told = [f"{source(name).title}{version}" for name, version in zip(registry_names, versions, strict=True)]
    return f"From {'; '.join(told)}." if told else ""


def source(registry_name: str) -> Source:
    """What is known of a registry."""
    for row in rows("registries.csv"):
        if row["registry_name"] == registry_name:
            return Source(**{name: text for name, text in row.items() if name != "source"})
    return Source(registry_name, registry_name)
