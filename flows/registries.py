"""The registries that this version reads, a line each: who asks it, who reads its records, and where it is."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from connectors.clinicaltrials_gov import ClinicalTrialsGov
from connectors.clinicaltrials_gov.past import Past as ClinicalTrialsGovPast
from connectors.clinicaltrials_gov.past import Reader as ClinicalTrialsGovPastReader
from connectors.clinicaltrials_gov.reading import Reader as ClinicalTrialsGovReader
from connectors.clinicaltrials_gov.results import Reader as ClinicalTrialsGovResultsReader
from connectors.ctis import Ctis
from connectors.ctis.reading import Reader as CtisReader
from connectors.http import PoliteClient
from connectors.ictrp.reading import Reader as IctrpReader
from connectors.isrctn import Isrctn
from connectors.isrctn.reading import Reader as IsrctnReader
from connectors.registry import Past, Registry
from connectors.results import Reader as ResultsReader
from connectors.trial import PastReader, Reader
from flows.settings import Settings


@dataclass(frozen=True, slots=True)
class HasPast:
    """Who asks a registry for the versions that its records went through, and who tells them apart."""

    asks: Callable[[PoliteClient], Past]
    reader: PastReader


@dataclass(frozen=True, slots=True)
class Served:
    """A registry that can be read. ``address`` takes its address from the settings.

    ``results`` reads the results that it posts; who has one ``asks`` for them too (``PostsResults``). ``past`` is
    of a registry that shows the history of its records.
    """

    asks: Callable[[PoliteClient], Registry]
    reader: Reader
    address: Callable[[Settings], str]
    results: ResultsReader | None = None
    past: HasPast | None = None


SERVED: dict[str, Served] = {
    "clinicaltrials.gov": Served(
        ClinicalTrialsGov,
        ClinicalTrialsGovReader(),
        attrgetter("ctgov_url"),
        ClinicalTrialsGovResultsReader(),
        HasPast(ClinicalTrialsGovPast, ClinicalTrialsGovPastReader()),
    ),
    "isrctn": Served(Isrctn, IsrctnReader(), attrgetter("isrctn_url")),
    "ctis": Served(Ctis, CtisReader(), attrgetter("ctis_url")),
}
"""Those that are not here are named in a configuration without harm."""


FROM_FILES: dict[str, Reader] = {"ictrp": IctrpReader()}
"""Those whose trials a person brings in a file (``flows.import_file``): a night asks them nothing."""


def reader_of(registry_name: str) -> Reader:
    return SERVED[registry_name].reader if registry_name in SERVED else FROM_FILES[registry_name]
