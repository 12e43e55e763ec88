"""What the fields of a record are called when people are told of them, which come first, and which name an entry.

Pure. A field that nobody named is called by its own words: ``maskingDescription`` is a masking description.
"""

import re
from collections.abc import Iterable
from typing import Any

from warehouse.words.harmless import plain

CALLED = {
    "eligibilityCriteria": "Criteria",
    "stdAges": "Age groups",
    "healthyVolunteers": "Healthy volunteers",
    "armGroupLabels": "Arms",
    "interventionNames": "Interventions",
    "is_relevant": "Counts as relevant",
    "has_results": "Has results",
    "nctIdAliases": "Former numbers",
    "orgStudyIdInfo": "Sponsor's number",
    "secondaryIdInfos": "Further numbers",
    "meshes": "MeSH terms",
    "ancestors": "Broader MeSH terms",
    "identificationModule": "Identification",
    "sponsorCollaboratorsModule": "Sponsors and collaborators",
    "contactsLocationsModule": "Contacts and locations",
    "armsInterventionsModule": "Arms and interventions",
    "ipdSharingStatementModule": "Sharing of participants' data",
    "conditionBrowseModule": "MeSH terms of the conditions",
    "interventionBrowseModule": "MeSH terms of the interventions",
}
ONE_OF = {
    "Countries": "Country",
    "Bases": "Basis",
    "Available ipds": "Available IPD",
    "Time perspective": "Time perspective",
}
"""One entry of a list, where it is not the list's name without its last letter."""
FIRST = (
    *("measure", "label", "name", "facility", "city", "state", "country", "term", "citation", "pmid", "id"),
    *("type", "timeFrame", "leadSponsor", "primaryOutcomes", "secondaryOutcomes", "eligibilityCriteria"),
)
NAMING = ("pmid", "measure", "label", "name", "term", "facility", "id", "citation")
"""Parts of an entry of a list by which it is known to be the same one, edited: the first that it has."""


def label(field: str | None) -> str:
    """A field's name with a capital letter: ``primary_completion_date`` is ``Primary completion date``."""
    bare = plain(field)
    if bare in CALLED:
        return CALLED[bare]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare.removeprefix("trial_").removesuffix("Module"))
    return words.replace("_", " ").capitalize() or "Value"


def entry_label(field: str | None) -> str:
    """What one entry of a list is called: ``trial_arms`` has an ``Arm``."""
    many = label(field)
    return ONE_OF.get(many, many[:-1] if many.endswith("s") and not many.endswith("ss") else many)


def ordered(keys: Iterable[str]) -> list[str]:
    """Keys of a record as a reader wants them: what names it first, then by the alphabet."""
    places = {key: place for place, key in enumerate(FIRST)}
    return sorted(keys, key=lambda key: (places.get(key, len(places)), key))


def name_of(entry: Any) -> str | None:
    """The name of a list's entry, when it is a record that has one."""
    if not isinstance(entry, dict):
        return None
    names = (entry.get(key) for key in NAMING)
    return next((name for name in names if isinstance(name, str) and name), None)
