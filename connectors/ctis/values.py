"""What single values of CTIS mean: phases, ages, sexes, people, products, endpoints. Pure.

What is retrieved has them one by one; a row joins them with commas, which values hold too, so a row's text is
never divided.
"""

import re
from typing import Any

from connectors.ctis.record import Record, Understood, inner, objects, text, texts
from connectors.spelling import compared, shown
from connectors.trial import MOST_PEOPLE

_PHASE_NUMBERS = dict(enumerate(("1", "1", "1", "2", "3", "4", "12", "12", "12", "23", "34"), 1))
PHASES_BY_CODE = {str(code): [f"PHASE{each}" for each in numbers] for code, numbers in _PHASE_NUMBERS.items()}
AGES_BY_CODE = {"2": "0-17 years", "3": "18-64 years", "4": "65+ years"}
ROLES = {"1": "Test", "2": "Comparator"}
POSTED = {
    "summaryResults": ("submissionDate",),
    "laypersonResults": ("submissionDate", "withdrawDate"),
    "clinicalStudyReports": ("submitDate", "procedureOutcomeDate"),
}
"""What may be posted as results, each with its days. The row says by itself that there are some."""
_PHASE = re.compile(r"phase (iv|iii|ii|i)\b", re.IGNORECASE)
_ROMAN = {"i": "PHASE1", "ii": "PHASE2", "iii": "PHASE3", "iv": "PHASE4"}
_SPAN = re.compile(r"(\d{1,3})(?:-(\d{1,3})|\+) years", re.ASCII)
_COUNT = re.compile(r"\d{1,3}(?:[, ]\d{3})+|\d{1,10}", re.ASCII)
_NONE = re.compile(r"\s*,\s*-\s*(?=,|$)|^\s*-\s*,")
_BEFORE_A_COMMA = re.compile(r"\s+(?=,)")
_PMID = re.compile(r"\d{1,9}", re.ASCII)


class Joined(str):
    """What a row joins with commas: told without what says nothing there, and compared without its order.

    A mark on a text within this connector: what leaves it is a plain ``str``.
    """

    __slots__ = ()

    def told(self) -> str:
        """Without the blanks before its commas, and without ``-``, by which the registry says that there is none.

        >>> Joined("KETAMINE\\r, -, Water").told()
        'KETAMINE, Water'
        """
        return _BEFORE_A_COMMA.sub("", _NONE.sub("", self)).strip()


def joined_in(found: Understood, key: str) -> list[str]:
    return [Joined(each) for each in texts(found.row.get(key))]


def in_no_order(value: Any) -> Any:
    """A value as it is compared, the parts of what a row joins in an order of ours."""
    match value:
        case Joined():
            return sorted(filter(None, map(str.strip, value.split(","))))
        case dict():
            return {key: in_no_order(part) for key, part in value.items()}
        case list():
            return [in_no_order(part) for part in value]
    return value


def titles(found: Understood) -> dict[str, str]:
    """The title for the public, the full one, and the short one."""
    said = inner(found.details, "clinicalTrialIdentifiers")
    full = text(said.get("fullTitle")) or text(found.row.get("ctTitle"))
    return {
        "title": text(said.get("publicTitle")) or full,
        "official_title": full,
        "acronym": text(said.get("shortTitle")) or text(found.row.get("shortTitle")),
    }


def phases(found: Understood) -> list[str] | None:
    """The phases that the registry's label names; one that names none stands as it was sent."""
    written = compared(text(found.row.get("trialPhase")))
    code = text(inner(found.information, "trialCategory").get("trialPhase"))
    if not written:
        return PHASES_BY_CODE.get(code) or ([code] if code else None)
    return [_ROMAN[each.lower()] for each in _PHASE.findall(written)] or [written]


def people_count(written: Any) -> int | None:
    """How many people ``288`` or ``1,000`` are; 0 and anything else is not known."""
    spelt = compared(text(written))
    count = int(re.sub(r"\D", "", spelt)) if _COUNT.fullmatch(spelt) else 0
    return count if 0 < count <= MOST_PEOPLE else None


def enrollment(found: Understood) -> int | None:
    """How many people are aimed at; CTIS gives no final count."""
    parts = objects(found.application.get("authorizedPartsII"))
    here = [people_count(each.get("recruitmentSubjectCount")) or 0 for each in parts]
    return people_count(found.row.get("totalNumberEnrolled")) or people_count(sum(here))


def age_groups(found: Understood) -> list[str]:
    """The ages that may take part, in groups: ``18-64 years``, ``65+ years``."""
    written = compared(text(found.row.get("ageGroup")))
    if written:
        return sorted(filter(None, map(str.strip, written.split(","))))
    ranges = objects(inner(found.information, "populationOfTrialSubjects").get("ageRanges"))
    codes = {text(each.get("ageRangeCategoryCode") or each.get("ageRangeCategory")) for each in ranges}
    return sorted(AGES_BY_CODE[each] for each in codes if each in AGES_BY_CODE)


def ages(groups: list[str]) -> tuple[int | None, int | None]:
    """The youngest and the oldest in years; None where there is no bound, or none that is known."""
    spans = [_SPAN.fullmatch(each) for each in groups]
    bounds = [(int(each[1]), int(each[2]) if each[2] else None) for each in spans if each]
    if not bounds or len(bounds) < len(groups):
        return None, None
    oldest = [most for _, most in bounds if most is not None]
    youngest = min(least for least, _ in bounds)
    return youngest or None, max(oldest) if len(oldest) == len(bounds) else None


def sexes(found: Understood) -> list[str]:
    written = compared(text(found.row.get("gender"))).title()
    if written:
        return sorted(filter(None, map(str.strip, written.split(","))))
    population = inner(found.information, "populationOfTrialSubjects")
    named = {"isFemaleSubjects": "Female", "isMaleSubjects": "Male"}
    return [name for key, name in named.items() if population.get(key) is True]


def population_groups(found: Understood) -> list[str]:
    entries = objects(inner(found.information, "populationOfTrialSubjects").get("clinicalTrialGroups"))
    return sorted(filter(None, (shown(text(each.get("name"))) for each in entries)))


def conditions(found: Understood) -> list[str]:
    listed = inner(found.information, "medicalCondition").get("partIMedicalConditions")
    entries = objects(listed or found.part_one.get("medicalConditions"))
    named = texts([each.get("medicalCondition") for each in entries])
    return named or joined_in(found, "conditions")


def areas(found: Understood) -> list[str]:
    """The classes of diseases that the registry sorts its trials by."""
    listed = [each.get("name") for each in objects(found.part_one.get("therapeuticAreas"))]
    return sorted(texts(listed) or texts(found.row.get("therapeuticAreas")))


def terms(found: Understood) -> list[str]:
    """What the trial is about, as MedDRA calls it."""
    listed = objects(inner(found.information, "medicalCondition").get("meddraConditionTerms"))
    return sorted(texts([each.get("termName") for each in listed]))


def products(found: Understood) -> list[Record]:
    """Each product by its name, with its other names, its role in the trial, and how it is given."""
    roles = _roles(found)
    listed = [_product(each, roles) for each in objects(found.part_one.get("products"))]
    named = [each for each in listed if each["name"]]
    return named or [{"name": each} for each in joined_in(found, "product")]


def _roles(found: Understood) -> dict[str, str]:
    """The role of each product, by its number, in the registry's word."""
    groups = objects(found.part_one.get("productRoleGroupInfos"))
    return {
        text(each.get("id")): shown(text(group.get("productRoleName")))
        for group in groups
        for each in objects(group.get("products"))
    }


def _product(entry: Record, roles: dict[str, str]) -> Record:
    said = inner(entry, "productDictionaryInfo")
    names = texts([entry.get("productName"), said.get("prodName")])
    substances = texts([said.get("activeSubstanceName"), entry.get("jsonActiveSubstanceNames")])
    codes = texts([said.get("sponsorProductCode"), entry.get("sponsorProductCodeEdit")])
    others = [each for each in (*names[1:], *substances, *codes) if each.upper() != "NA"]
    name = (names or others or [""])[0]
    by_letters = {each.lower(): each for each in reversed(others)}
    return {
        "name": name,
        "otherNames": sorted(each for key, each in by_letters.items() if key != name.lower()),
        "role": roles.get(text(entry.get("id"))) or ROLES.get(text(entry.get("part1MpRoleTypeCode")), ""),
        "form": text(said.get("pharmForm") or entry.get("pharmaceuticalFormDisplay")),
        "routes": texts(entry.get("routes")),
        "highestDailyDose": _dose(entry, "maxDailyDoseAmount", "doseUom"),
        "highestTotalDose": _dose(entry, "maxTotalDoseAmount", "doseUomTotal"),
        "substanceCode": text(said.get("euSubstNumber")),
        "atcCode": text(said.get("atcCode")),
    }


def _dose(entry: Record, amount: str, unit: str) -> str:
    """``0.8 mg/kg``: the unit without the words that the registry adds to it."""
    return " ".join(filter(None, (text(entry.get(amount)), text(entry.get(unit)).split(" ")[0])))


def secondary_objectives(found: Understood) -> list[str]:
    listed = objects(inner(found.information, "trialObjective").get("secondaryObjectives"))
    ordered = sorted(listed, key=lambda each: text(each.get("number")).zfill(6))
    return texts([each.get("secondaryObjective") for each in ordered])


def endpoints(found: Understood) -> dict[str, list[str]]:
    """What is measured, by kind of outcome."""
    kinds = {"primary": ("primaryEndPoints", "primaryEndPoint"), "secondary": ("secondaryEndPoints", "endPoint")}
    listed = inner(found.information, "endPoint")
    return {
        kind: texts([each.get("endPoint") for each in objects(listed.get(key))]) or joined_in(found, in_row)
        for kind, (key, in_row) in kinds.items()
    }


def criteria(found: Understood, kind: str) -> list[str]:
    """The criteria of a kind (``Inclusion``, ``Exclusion``), in the order of their numbers."""
    key = f"principal{kind}Criteria"
    entries = objects(inner(found.information, "eligibilityCriteria").get(key))
    ordered = sorted(entries, key=lambda each: (text(each.get("number")).zfill(6), text(each.get(key))))
    return texts([each.get(key) for each in ordered])


def sponsors(found: Understood) -> list[tuple[str, str, str]]:
    """Name, type and role of each: who leads is named first, who pays is a collaborator.

    Where several lead, or nobody is said to, the first by name does: the order in which they come means nothing.
    """
    listed = objects(found.part_one.get("sponsors"))
    named = [(_organisation(each), each.get("primary") is True) for each in listed]
    leading = [each for each, leads in named if leads and each[0]] or [each for each, _ in named if each[0]]
    if not leading:
        leading = [(each, text(found.row.get("sponsorType"))) for each in joined_in(found, "sponsor")]
    paying = [
        (text(each.get("organisationName")), "")
        for each in objects(found.information.get("sourceOfMonetarySupport"))
    ]
    leading.sort(key=lambda each: (each[0].lower(), *each))
    others = sorted(each for each, _ in named if each not in leading)
    told: dict[str, tuple[str, str, str]] = {}
    for name, kind in (*leading, *others, *sorted(paying)):
        if name and name.lower() not in told:
            told[name.lower()] = (name, kind, "collaborator" if told else "lead")
    return list(told.values())


def _organisation(sponsor: Record) -> tuple[str, str]:
    organisation = inner(sponsor, "organisation")
    return text(organisation.get("name")), text(organisation.get("type"))


def sites(found: Understood) -> list[Record]:
    places = [
        inner(each, "organisationAddressInfo")
        for part in objects(found.application.get("authorizedPartsII"))
        for each in objects(part.get("trialSites"))
    ]
    return [
        {
            "name": text(inner(each, "organisation").get("name")),
            "city": text(inner(each, "address").get("city")),
            "country": text(inner(each, "address").get("countryName")),
        }
        for each in places
        if each
    ]


def has_results(found: Understood) -> bool:
    said = compared(text(found.row.get("resultsFirstReceived"))).lower()
    posted = inner(found.retrieved, "results")
    return said not in ("", "no", "false") or any(each for key in POSTED for each in objects(posted.get(key)))


def pmids(found: Understood) -> list[str]:
    """Publications by their number at PubMed."""
    return [each for each in texts(found.details.get("pubmedCode")) if _PMID.fullmatch(each)]
