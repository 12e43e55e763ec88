"""What single values of ICTRP mean: days, statuses, lists, numbers of people, ages, phases. Pure.

Every field of days has an order of its own: only the day of an export is written month-first. A year in front or a
month in words tells itself; what is left is day-first. A day that is none in its order stays as it was sent.
"""

import calendar
import re
from datetime import date, datetime
from urllib.parse import quote

from connectors.dates import span
from connectors.ictrp.record import Understood
from connectors.spelling import compared, shown
from connectors.statuses import status_groups
from connectors.trial import MOST_PEOPLE

NO_DAY_BEFORE = date(1901, 1, 1)
"""1900-01-01 is how a register says that there is none."""
_YEAR_FIRST = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})(?:[T ].*)?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: .*)?", re.ASCII)
_MONTH_IN_WORDS = re.compile(r"([A-Za-z]{3,9})\.? (?:(\d{1,2})(?:st|nd|rd|th)?,? )?(\d{4})(?: .*)?", re.ASCII)
_DAY_AND_WORDS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})(?: .*)?", re.ASCII)
_MONTH_NAMES = calendar.month_name[1:]
_MONTHS = {name.lower(): place for place, name in enumerate(_MONTH_NAMES, 1)}
_MONTHS |= {name[:3].lower(): place for place, name in enumerate(_MONTH_NAMES, 1)} | {"sept": 9}
_EXPORTED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII)
NOT_GIVEN = frozenset({"na", "n/a", "not available", "not specified", "not provided", "unspecified"})
WORDS = {status.casefold(): status for status in status_groups() if not status.isupper()}
"""Statuses that are words, however a file writes them: some files shout."""
AT_WHO = "https://trialsearch.who.int/Trial2.aspx?TrialID="
_ADDRESS = re.compile(r"https?://[\w.-]+(?::\d+)?(?:/[!#-;=?-\[\]_a-z~]*)?", re.ASCII | re.IGNORECASE)
_COUNT = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,10}", re.ASCII)
_OF_GROUPS = re.compile(r"(?:[^;]*:\s*\d{1,10}\s*(?:;|$)\s*)+", re.ASCII)
_OF_A_GROUP = re.compile(r":\s*(\d{1,10})\s*(?:;|$)", re.ASCII)
_AGE = re.compile(
    r"(?:[<>=]*\s*)(\d{1,4})\s*-?\s*(?:age|years?|months?|weeks?|days?|hours?|minutes?|[ymwdh])?[ -]?(?:s|old)?",
    re.I | re.A,
)
_UNIT = re.compile(r"\d\s*-?\s*([a-z])", re.I | re.A)
UNITS = {"y": "Year", "a": "Year", "m": "Month", "w": "Week", "d": "Day", "h": "Hour"}
NO_AGE = NOT_GIVEN | {"no limit", "not applicable", "none", "0", "0y", "no maximum", "no minimum"}
_OF_PHASES = re.compile(r"\(phase (iv|i{1,3})\)\s*:\s*yes", re.IGNORECASE)
_YES_OR_NO = re.compile(r"\(phase (?:iv|i{1,3})\)\s*:\s*(?:yes|no)", re.IGNORECASE)
_PHASE = re.compile(r"(?<![a-z\d])(?:iv|i{1,3}|[0-4])(?=[ab]?(?![a-z\d]))", re.IGNORECASE)
_ONLY_PHASES = re.compile(r"(?:early|phase|and|to|iv|i{1,3}|[0-4]|[ab]|[\s/,&+-])+", re.IGNORECASE)
PHASES = {"0": "EARLY_PHASE1"}
PHASES |= {roman: f"PHASE{place}" for place, roman in enumerate(("i", "ii", "iii", "iv"), 1)}
PHASES |= {str(place): f"PHASE{place}" for place in range(1, 5)}
NO_PHASE = NOT_GIVEN - {"na", "n/a"}
SEXES = {"both": "ALL", "all": "ALL", "male and female": "ALL", "both males and females": "ALL"}
SEXES |= {"male": "MALE", "males": "MALE", "female": "FEMALE", "females": "FEMALE"}
_APART = re.compile(r"[;\n#|]+")


def as_iso(written: str) -> str | None:
    """A day, or a month where no more is said, as ``2026-08-15``; what is none stands as it was sent.

    >>> as_iso("08/07/2026"), as_iso("August 15, 2026"), as_iso("24 August 2026"), as_iso("20260805")
    ('2026-07-08', '2026-08-15', '2026-08-24', '2026-08-05')
    >>> as_iso("2021/07/05"), as_iso("August 2026"), as_iso("Jan  1 1900 12:00AM"), as_iso("08/25/2026")
    ('2021-07-05', '2026-08', None, '08/25/2026')
    """
    spelt = compared(written)
    found = _as_iso(spelt)
    days = span(found)
    if days is None:
        return spelt or None
    return found if days.earliest >= NO_DAY_BEFORE else None


def _as_iso(spelt: str) -> str | None:
    if found := _YEAR_FIRST.fullmatch(spelt):
        return f"{found[1]}-{found[3]}-{found[4]}"
    if found := _DAY_FIRST.fullmatch(spelt):
        return f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}"
    if found := _DAY_AND_WORDS.fullmatch(spelt):
        return _of_words(found[3], found[2], found[1])
    if found := _MONTH_IN_WORDS.fullmatch(spelt):
        return _of_words(found[3], found[1], found[2])
    return spelt


def _of_words(year: str, month: str, day: str | None) -> str | None:
    place = _MONTHS.get(month.lower())
    if place is None:
        return None
    return f"{year}-{place:02d}-{int(day):02d}" if day else f"{year}-{place:02d}"


def day_of(written: str) -> date | None:
    """The day that a text names; None for a month, and for what is none."""
    days = span(as_iso(written))
    return days.earliest if days and days.earliest == days.latest else None


def exported_at(written: str) -> datetime | None:
    """When a file was made, which is written month-first; None for what is no such instant.

    >>> exported_at("09/18/2026 10:42:00")
    datetime.datetime(2026, 9, 18, 10, 42)
    """
    found = _EXPORTED.fullmatch(compared(written))
    if found is None:
        return None
    month, on, year, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return datetime(year, month, on, hour, minute, second)  # noqa: DTZ001 - the file names no zone
    except ValueError:
        return None


def status(written: str) -> str | None:
    """The word in the file, known ones in one spelling; None where it says that there is none.

    >>> status("NOT RECRUITING"), status("Paused for now"), status("N/A")
    ('Not Recruiting', 'Paused for now', None)
    """
    spelt = compared(written)
    return None if not spelt or spelt.casefold() in NOT_GIVEN else WORDS.get(spelt.casefold(), spelt)


def listed(written: str) -> list[str]:
    """The entries of a list, each once: ``Countries`` repeats itself."""
    parts = (shown(part).strip(" ,;") for part in _APART.split(written))
    return list(dict.fromkeys(part for part in parts if part and part.casefold() not in NOT_GIVEN))


def people_count(written: str) -> int | None:
    """How many people ``40``, ``1,000`` or ``group a:49;group b:49;`` are; 0 and anything else is not known.

    >>> people_count("Maintenance group:49;S-1 group:49;follow-up group:49;"), people_count("1,000")
    (147, 1000)
    >>> people_count("0"), people_count("about 40")
    (None, None)
    """
    spelt = compared(written)
    if _COUNT.fullmatch(spelt):
        count = int(spelt.replace(",", ""))
    elif _OF_GROUPS.fullmatch(spelt):
        count = sum(map(int, _OF_A_GROUP.findall(spelt)))
    else:
        return None
    return count if 0 < count <= MOST_PEOPLE else None


def enrollment(found: Understood) -> tuple[int | None, str | None]:
    """The final count, else what is aimed at, and which of both it is."""
    for name, kind in (("results_actual_enrollment", "ACTUAL"), ("target_size", "ESTIMATED")):
        count = people_count(found[name])
        if count is not None:
            return count, kind
    return None, None


def age(written: str) -> str | None:
    """An age with its unit in words, years where none is named; None where there is no limit.

    >>> age("18Y"), age("730D"), age("1D"), age("18"), age("20age old"), age("NO LIMIT"), age("adults")
    ('18 Years', '730 Days', '1 Day', '18 Years', '20 Years', None, 'adults')
    """
    spelt = compared(written)
    if not spelt or spelt.casefold() in NO_AGE:
        return None
    found = _AGE.fullmatch(spelt)
    if not found:
        return spelt
    named = _UNIT.search(spelt)
    unit = UNITS[named[1].lower()] if named and named[1].lower() in UNITS else "Year"
    return many(int(found[1]), unit)


def many(count: int, noun: str) -> str:
    """The count with its noun.

    >>> many(1, "trial"), many(1200, "trial")
    ('1 trial', '1200 trials')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"


def phases(written: str) -> list[str] | None:
    """The phases as the views call them; of four lines of yes and no those with a yes; others as they were sent.

    >>> phases("Phase 2 / Phase 3"), phases("1-2"), phases("Phase-3"), phases("N/A"), phases("Not Specified")
    (['PHASE2', 'PHASE3'], ['PHASE1', 'PHASE2'], ['PHASE3'], ['NA'], None)
    """
    spelt = compared(written)
    word = spelt.casefold()
    if not spelt or word in NO_PHASE:
        return None
    if word in ("n/a", "na", "not applicable"):
        return ["NA"]
    if _YES_OR_NO.search(spelt):
        return [PHASES[each.lower()] for each in _OF_PHASES.findall(spelt)] or None
    if not _ONLY_PHASES.fullmatch(spelt):
        return [spelt]
    found = [PHASES[each.lower()] for each in _PHASE.findall(spelt)]
    return list(dict.fromkeys(found)) or [spelt]


def study_type(written: str) -> str | None:
    """
    >>> study_type("Interventional clinical trial of medicinal product"), study_type("Basic Science")
    ('INTERVENTIONAL', 'BASIC SCIENCE')
    """
    spelt = compared(written).upper()
    known = ("INTERVENTIONAL", "OBSERVATIONAL")
    return next((each for each in known if spelt.startswith(each)), spelt) or None


def sex(written: str) -> str | None:
    """Who may take part; four words of the EU's old register are a yes and a no.

    >>> sex("Both"), sex("Female: yes Male: no"), sex("-")
    ('ALL', 'FEMALE', None)
    """
    spelt = compared(written).casefold()
    answers = dict(re.findall(r"(female|male)\s*:\s*(yes|no)", spelt))
    if answers:
        there = sorted(each for each, said in answers.items() if said == "yes")
        return "ALL" if len(there) > 1 else (there[0].upper() if there else None)
    return SEXES.get(spelt)


def has_results(found: Understood) -> bool:
    return found["results_yes_no"].casefold() in ("yes", "1", "true") or bool(found["results_url_link"])


def address(written: str, trial_id: str) -> str:
    """Where the trial's own registry shows it; where that is no address of the web, where WHO does.

    >>> address("javascript:alert(1)", "JPRN-UMIN000051234")
    'https://trialsearch.who.int/Trial2.aspx?TrialID=JPRN-UMIN000051234'
    """
    spelt = compared(written)
    return spelt if _ADDRESS.fullmatch(spelt) else f"{AT_WHO}{quote(trial_id.strip(), safe='')}"


def known_order(refreshed: str, exported: str) -> tuple[date, datetime]:
    """By what one record of a trial is the later: the day WHO took it, then the instant at which it was exported.

    Only the first stands in both forms of a file. Without either it is older than any that has one.
    """
    return day_of(refreshed) or date.min, exported_at(exported) or datetime.min  # noqa: DTZ901 - as above
