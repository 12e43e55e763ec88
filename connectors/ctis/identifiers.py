"""The numbers that a trial of CTIS has elsewhere. Pure."""

from collections.abc import Iterator

from connectors.ctis.record import Record, Understood, inner, objects, text
from connectors.spelling import compared
from connectors.trial import Identifier

PLACES = {"nctNumber": "NCT", "isrctnNumber": "ISRCTN", "whoUniversalTrialNumber": "WHO UTN"}


def identifiers(found: Understood) -> list[Identifier]:
    """The whole number first, each number once."""
    told: dict[str, str] = {found.number: "CTIS"}
    for kind, written in _written(found):
        told.setdefault(compared(written), kind)
    return [
        Identifier(identifier=number, identifier_type=kind, is_alias=False, place=2)
        for number, kind in told.items()
        if number
    ]


def _written(found: Understood) -> Iterator[tuple[str, str]]:
    places = inner(found.details, "clinicalTrialIdentifiers", "secondaryIdentifyingNumbers")
    for key, kind in PLACES.items():
        yield kind, _number(places, key).upper()
    yield "EUDRACT", text(inner(found.application, "eudraCt").get("eudraCtCode"))
    for each in objects(places.get("additionalRegistries")):
        yield text(each.get("otherRegistryName")) or "other", text(each.get("number"))


def _number(places: Record, key: str) -> str:
    """A number, which may stand in an object of its own."""
    value = places.get(key)
    return text(value.get("number")) if isinstance(value, dict) else text(value)
