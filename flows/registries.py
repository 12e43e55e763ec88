"""The registries that this version reads, a line each: who asks it, who reads its records, and where it is."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from connectors.clinicaltrials_gov import ClinicalTrialsGov
from connectors.clinicaltrials_gov.reading import Reader as ClinicalTrialsGovReader
from connectors.http import PoliteClient
from connectors.registry import Registry
from connectors.trial import Reader
from flows.settings import Settings


@dataclass(frozen=True, slots=True)
class Served:
    """A registry that can be read. ``address`` takes its address from the settings."""

    asks: Callable[[PoliteClient], Registry]
    reader: Reader
    address: Callable[[Settings], str]


SERVED: dict[str, Served] = {
    "clinicaltrials.gov": Served(ClinicalTrialsGov, ClinicalTrialsGovReader(), attrgetter("ctgov_url")),
}
"""Those that are not here are named in a configuration without harm."""
