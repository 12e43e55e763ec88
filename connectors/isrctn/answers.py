"""What ISRCTN answers, and what of it can be believed. Pure."""

import re
from dataclasses import dataclass

from connectors.causes import masked
from connectors.errors import RegistryError
from connectors.http import Answer
from connectors.isrctn.record import number_of
from connectors.isrctn.xml import ALL_TRIALS, NAMESPACE, XmlError, one_line, totals_and_trials

XML = re.compile(r"(?:(?:application|text)/(?:[\w.+-]+\+)?xml)?")
_WHOLE = re.compile("[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Found:
    """One answer: the registry's own total, and each record that came with its number, if it has one."""

    declared: int
    records: list[tuple[str | None, bytes]]


def found(answer: Answer) -> Found:
    """Raises ``RegistryError`` for whatever is not a whole answer to a query."""
    if answer.status != 200:
        raise RegistryError(f"{answer.where} answered {answer.status}: {_excerpt(answer)}")
    if not XML.fullmatch(answer.content_type):
        raise RegistryError(f"{answer.where} answered {answer.content_type} instead of XML: {_excerpt(answer)}")
    if not answer.body.strip():
        raise RegistryError(f"{answer.where} answered 200 with an empty body")
    try:
        return _read(answer)
    except XmlError as error:
        raise RegistryError(f"{answer.where} answered XML that cannot be read ({error})") from error


def _read(answer: Answer) -> Found:
    declared: int | None = None
    records: list[tuple[str | None, bytes]] = []
    for element in totals_and_trials(answer.body):
        if element.tag == ALL_TRIALS:
            written = element.get("totalCount", "").strip()
            declared = int(written) if _WHOLE.fullmatch(written) else None
        else:
            records.append((number_of(element), one_line(element)))
    if declared is None:
        raise RegistryError(f"{answer.where} does not say how many trials it found (allTrials of {NAMESPACE})")
    return Found(declared, records)


def _excerpt(answer: Answer) -> str:
    return masked(answer.body[:2000]) or "an empty body"
