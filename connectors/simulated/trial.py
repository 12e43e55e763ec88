"""One record the registry holds, with the words in which each search area looks."""

from collections.abc import Iterable, Iterator
from typing import Any

from connectors.simulated.pieces import PIECES, TEXTS, values
from connectors.simulated.words import normal

_TITLES = ("BriefTitle", "OfficialTitle", "Acronym")
_PATHS_OF_AREA = {
    "ConditionSearch": [
        TEXTS[name] for name in ("Condition", "Keyword", *_TITLES, "ConditionMeshTerm", "ConditionAncestorTerm")
    ],
    "InterventionSearch": [
        TEXTS[name]
        for name in (
            "InterventionName",
            "InterventionOtherName",
            "InterventionDescription",
            "ArmGroupLabel",
            "Keyword",
            *_TITLES,
            "InterventionMeshTerm",
            "InterventionAncestorTerm",
        )
    ],
    "TitleSearch": [TEXTS[name] for name in _TITLES],
    "OutcomeSearch": ["protocolSection.outcomesModule"],
    "SponsorSearch": ["protocolSection.sponsorCollaboratorsModule"],
    "LocationSearch": ["protocolSection.contactsLocationsModule.locations"],
    "IdSearch": [TEXTS[name] for name in ("NCTId", "NCTIdAlias", "OrgStudyId", "SecondaryId", "Acronym")],
    "BasicSearch": [""],
    "PatientSearch": [""],
}
SEARCH_AREAS = frozenset(_PATHS_OF_AREA)
AREAS = SEARCH_AREAS | PIECES.keys()
"""What ``AREA[…]`` may name: a search area or any piece."""


Record = dict[str, Any]


class Trial:
    """A record as data. Whoever changes ``record`` must call ``changed``.

    ``past`` are the versions before it, the first first: a version is what was submitted.
    """

    def __init__(self, record: Record, past: Iterable[Record] = ()) -> None:
        self.record = record
        self.past = list(past)
        self._words: dict[str, str] = {}

    def changed(self) -> None:
        self._words.clear()

    def note_version(self, before: Record) -> None:
        """Note what the record was before, where another version has been submitted since."""
        if _submitted(before) != _submitted(self.record):
            self.past.append(before)

    def words(self, area: str) -> str:
        """Each text of the area in normal form, between blanks, one a line: a phrase spans no two texts."""
        if area not in self._words:
            paths = _PATHS_OF_AREA.get(area) or [PIECES[area]]
            texts = (normal(text) for path in paths for text in _texts(list(values(self.record, path))))
            self._words[area] = "".join(f" {text} \n" for text in texts)
        return self._words[area]

    def texts(self, piece: str) -> list[str]:
        return [value for value in values(self.record, PIECES[piece]) if isinstance(value, str)]

    def numbers(self, piece: str) -> list[int | float]:
        return [value for value in values(self.record, PIECES[piece]) if isinstance(value, int | float)]

    @property
    def aliases(self) -> list[str]:
        return [alias for alias in values(self.record, TEXTS["NCTIdAlias"]) if isinstance(alias, str)]


def _submitted(record: Record) -> Any:
    return next(iter(values(record, PIECES["LastUpdateSubmitDate"])), None)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif value is not None:
        yield str(value)
