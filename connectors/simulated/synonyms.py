"""Words that the registry takes for one another, as it does by MeSH and UMLS: a vocabulary and its use.

Only what the default watch needs. The codes CI-581a, CI-581aa and CI-581b are missing on purpose: trials
that hide ketamine behind them are found only by those who name them.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from connectors.simulated.words import normal

DEFAULT_SYNONYMS: Mapping[str, Iterable[str]] = MappingProxyType(
    {
        "ketamine": ("ketalar", "ketamine hydrochloride", "CI-581"),
        "esketamine": ("spravato", "S-ketamine", "esketamine hydrochloride"),
        "arketamine": ("R-ketamine", "arketamine hydrochloride"),
        "alcohol use disorder": (
            "alcoholism",
            "alcohol dependence",
            "alcohol abuse",
            "alcohol addiction",
            "alcohol-related disorders",
            "AUD",
            "alcohol drinking",
        ),
        "cannabis use disorder": (
            "marijuana abuse",
            "marijuana dependence",
            "marijuana use disorder",
            "cannabis abuse",
            "cannabis dependence",
            "cannabis addiction",
        ),
        "cocaine use disorder": (
            "cocaine dependence",
            "cocaine abuse",
            "cocaine addiction",
            "cocaine-related disorders",
            "crack cocaine dependence",
        ),
        "opioid use disorder": (
            "opioid dependence",
            "opioid abuse",
            "opioid addiction",
            "opioid-related disorders",
            "opiate dependence",
            "opiate addiction",
            "heroin dependence",
            "heroin use disorder",
            "OUD",
        ),
        "methamphetamine use disorder": (
            "methamphetamine dependence",
            "methamphetamine abuse",
            "methamphetamine addiction",
            "amphetamine use disorder",
            "amphetamine dependence",
            "amphetamine-related disorders",
        ),
        "tobacco use disorder": (
            "tobacco dependence",
            "nicotine dependence",
            "nicotine addiction",
            "nicotine use disorder",
            "smoking cessation",
        ),
        "sedative use disorder": (
            "sedative dependence",
            "sedative, hypnotic, or anxiolytic use disorder",
            "benzodiazepine use disorder",
            "benzodiazepine dependence",
            "benzodiazepine abuse",
        ),
        "substance use disorder": (
            "substance abuse",
            "substance dependence",
            "substance-related disorders",
            "drug dependence",
            "drug abuse",
            "drug addiction",
            "drug use disorder",
            "addiction",
            "SUD",
        ),
    }
)


class Thesaurus:
    """Knows for a phrase which others mean the same; every phrase of a group stands for the whole group."""

    def __init__(self, synonyms: Mapping[str, Iterable[str]]) -> None:
        self._groups: dict[str, set[str]] = {}
        for term, others in synonyms.items():
            group = {normal(phrase) for phrase in (term, *others)}
            for phrase in group:
                self._groups.setdefault(phrase, set()).update(group)

    def widened(self, phrase: str) -> set[str]:
        """The phrase and all that mean the same, in normal form."""
        return {normal(phrase)} | self._groups.get(normal(phrase), set())
