"""A trial in brief, in words a clinician uses: its headline, its design in a line, and the facts of its card.

Pure. Mail, page and terminal say the same. What is not known is left out; nothing is guessed. Foreign text is
made plain and short here, and escaped by whoever draws it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from warehouse.words.harmless import plain, shortened
from warehouse.words.phrases import counted_noun

NAME_LETTERS = 60
TEXT_LETTERS = 240
MOST_NAMED = 3
"""Of a list that stands within a sentence."""
DISORDERS = {
    "tobacco": "tobacco use disorder",
    "sedative": "sedative use disorder",
    "other": "a substance use disorder",
    "unspecified": "substance use disorder",
}
"""Of the substances whose disorder is not called by the name of the substance and ``use disorder``."""
SAID = {"other drug": "another drug", "ketamine": "ketamine given otherwise"}
"""Values that are said otherwise in a sentence: ketamine against ketamine is another dose, rhythm or setting."""
STAND_INS = frozenset({"saline", "midazolam"})
"""What a placebo is made of: beside it the word says nothing more."""
NOTHING = "none"
"""What a list says where it is known that nothing stands in it."""
RESULTS = "Results"
WHY = "Why it is here"
DESIGN = {
    "RANDOMIZED": "randomised",
    "NON_RANDOMIZED": "not randomised",
    "SINGLE_GROUP": "one group",
    "PARALLEL": "parallel groups",
    "CROSSOVER": "crossover",
    "FACTORIAL": "factorial",
    "SEQUENTIAL": "sequential",
    "NONE": "open-label",
    "SINGLE": "single-blind",
    "DOUBLE": "double-blind",
    "TRIPLE": "triple-blind",
    "QUADRUPLE": "quadruple-blind",
    "OBSERVATIONAL": "observational",
    "EXPANDED_ACCESS": "expanded access",
}


@dataclass(frozen=True, slots=True)
class TrialFacts:
    """What is known of a trial. Texts stand here as the registry wrote them; dates as written, with their type.

    ``planned`` is how many people it was to have before it said how many it had. ``primary_outcomes`` are pairs
    of measure and time frame. ``results_due_on`` is an estimate. ``is_on_the_page``: our page shows it. ``twins``
    are the numbers under which other registries show the same study.
    """

    trial_id: str
    registry_name: str
    title: str | None = None
    study_type: str | None = None
    phases: Sequence[str] = ()
    allocation: str | None = None
    intervention_model: str | None = None
    masking: str | None = None
    primary_purpose: str | None = None
    observational_model: str | None = None
    time_perspective: str | None = None
    enrollment: int | None = None
    enrollment_type: str | None = None
    planned: int | None = None
    drugs: Sequence[str] = ()
    drug_role: str | None = None
    conditions: Sequence[str] = ()
    substances: Sequence[str] = ()
    routes: Sequence[str] = ()
    doses: Sequence[str] = ()
    doses_given: Sequence[str] = ()
    comparators: Sequence[str] = ()
    psychotherapies: Sequence[str] = ()
    primary_outcomes: Sequence[tuple[str | None, str | None]] = ()
    sites: int = 0
    cities: Sequence[str] = ()
    countries: Sequence[str] = ()
    lead_sponsor: str | None = None
    start_date: str | None = None
    start_date_type: str | None = None
    primary_completion_date: str | None = None
    primary_completion_date_type: str | None = None
    completion_date: str | None = None
    completion_date_type: str | None = None
    results_first_posted_on: date | None = None
    results_first_submitted_on: date | None = None
    results_due_on: date | None = None
    publications: int = 0
    twins: Sequence[str] = ()
    why_here: str | None = None
    is_on_the_page: bool = True


def headline(facts: TrialFacts) -> str:
    """The trial in one line; its title where the drug that it gives is not known."""
    what = _what(facts)
    if not what:
        return _short(facts.title or facts.trial_id, TEXT_LETTERS)
    where = ", ".join(filter(None, (people(facts), place(facts))))
    return "; ".join(filter(None, (what, where)))


def _what(facts: TrialFacts) -> str:
    """What is given against what in whom; nothing where the drug is only what another is compared with."""
    if not facts.drugs or facts.drug_role == "comparator":
        return ""
    therapies = _named(facts.psychotherapies)
    parts = [
        _drugs(facts),
        _either(facts.doses),
        _after("with", therapies[0] if len(therapies) == 1 else ""),  # of several one may be the other arm's
        _after("against", _either(_named(_told_once(facts.comparators)))),
        _after("in", _and(_disorders(facts))),
    ]
    return " ".join(filter(None, parts))


def _disorders(facts: TrialFacts) -> list[str]:
    if facts.substances:
        return [DISORDERS.get(each, f"{plain(each)} use disorder") for each in facts.substances]
    return [_short(each) for each in facts.conditions[:1]]


def _told_once(comparators: Sequence[str]) -> list[str]:
    is_named = not STAND_INS.isdisjoint(comparators)
    return [each for each in comparators if not (is_named and each == "placebo")]


def people(facts: TrialFacts) -> str:
    """How many people: of those planned, so many, once the sponsor says how many it had."""
    if facts.enrollment is None:
        return ""
    counted = f"{facts.enrollment:,} {'person' if facts.enrollment == 1 else 'people'}"
    if facts.enrollment_type != "ACTUAL":
        return f"{counted} planned" if facts.enrollment_type == "ESTIMATED" else counted
    if facts.planned is None or facts.planned == facts.enrollment:
        return counted
    if facts.planned < facts.enrollment:
        return f"{counted} ({facts.planned:,} planned)"
    return f"{facts.enrollment:,} of {facts.planned:,} people"


def place(facts: TrialFacts) -> str:
    """The city of one site, the country of several, else how many countries. Some registries tell no sites."""
    if len(facts.countries) > 1:
        sites = f"{counted_noun(facts.sites, 'site')} in " if facts.sites else ""
        return f"{sites}{counted_noun(len(facts.countries), 'country')}"
    if len(facts.cities) == 1:
        return _short(facts.cities[0])
    country = _short(facts.countries[0]) if facts.countries else ""
    return f"{counted_noun(facts.sites, 'site')} in {country}" if facts.sites > 1 and country else country


def design(facts: TrialFacts) -> str:
    """Phase, allocation, blinding and people in a line that begins with a capital letter."""
    told = [
        phase(facts.phases),
        *(_design(each) for each in (facts.allocation, facts.intervention_model, facts.masking)),
        *_observational(facts),
        _after("for", _code(facts.primary_purpose)),
        people(facts),
    ]
    line = ", ".join(filter(None, told))
    return line[:1].upper() + line[1:]


def _observational(facts: TrialFacts) -> Iterator[str]:
    if facts.study_type in ("OBSERVATIONAL", "EXPANDED_ACCESS"):
        yield DESIGN[facts.study_type]
    for each in (facts.observational_model, facts.time_perspective):
        yield _code(each)


def _design(code: str | None) -> str:
    return DESIGN.get(code or "", _code(code))


def _code(code: str | None) -> str:
    words = plain(code).replace("_", " ")
    return "" if words in ("NA", "OTHER") else words.lower()


def phase(phases: Sequence[str]) -> str:
    """``phase 2``, ``phase 1/2``, ``early phase 1``; empty where it is not said or does not apply."""
    numbers = sorted({plain(each).removeprefix("EARLY_").removeprefix("PHASE") for each in phases if each != "NA"})
    early = "early " if any(each.startswith("EARLY_") for each in phases) else ""
    return f"{early}phase {'/'.join(numbers)}" if numbers else ""


def rows(facts: TrialFacts) -> Iterator[tuple[str, str]]:
    """The facts of a card, each under its label, in the order in which they are asked for."""
    for label, text in (
        ("Design", design(facts)),
        ("Drug", drug(facts)),
        ("Compared with", _and(_named(facts.comparators, len(facts.comparators)))),
        ("Therapy", _and(_named(facts.psychotherapies, len(facts.psychotherapies)))),
        ("Primary outcome", _outcome(facts)),
        ("Where", _where(facts)),
        ("Sponsor", _short(facts.lead_sponsor, TEXT_LETTERS)),
        ("Dates", "; ".join(_dates(facts))),
        (RESULTS, _results(facts)),
        ("Publications", f"{facts.publications:,} named in the record" if facts.publications else ""),
        ("Also registered as", _and(map(_short, facts.twins))),
        (WHY, _short(facts.why_here, TEXT_LETTERS)),
    ):
        if text:
            yield label, text


def drug(facts: TrialFacts) -> str:
    """The drug with its dose, its road and how often it is given, as far as that is known."""
    told = (_drugs(facts), _either(facts.doses), _either(facts.routes), _given(facts.doses_given))
    return ", ".join(filter(None, told))


def _drugs(facts: TrialFacts) -> str:
    return _and(_short(each) for each in facts.drugs)


def _given(doses: Sequence[str]) -> str:
    said = _either(doses)
    return f"{said} dose{'' if said == '1' else 's'}" if said.replace(" or ", "").isdigit() else said


def _outcome(facts: TrialFacts) -> str:
    if not facts.primary_outcomes:
        return ""
    measure, time_frame = facts.primary_outcomes[0]
    when = f" ({_short(time_frame)})" if time_frame else ""
    more = len(facts.primary_outcomes) - 1
    return f"{_short(measure, TEXT_LETTERS)}{when}{f', and {more} more' if more else ''}"


def _where(facts: TrialFacts) -> str:
    cities = [_short(each) for each in facts.cities]
    named = ", ".join(cities[:MOST_NAMED]) + (" …" if len(cities) > MOST_NAMED else "")
    countries = ", ".join(_short(each) for each in facts.countries[:MOST_NAMED])
    countries += f" and {len(facts.countries) - MOST_NAMED} more" if len(facts.countries) > MOST_NAMED else ""
    sites = counted_noun(facts.sites, "site") if facts.sites > 1 else ""
    return "; ".join(filter(None, (named, countries, sites)))


def _dates(facts: TrialFacts) -> Iterator[str]:
    """Each with whether it is what happened or what is expected; a date that says neither is told as it is."""
    for name, written, kind in (
        ("start", facts.start_date, facts.start_date_type),
        ("primary completion", facts.primary_completion_date, facts.primary_completion_date_type),
        ("completion", facts.completion_date, facts.completion_date_type),
    ):
        if written:
            said = {"ACTUAL": " (actual)", "ESTIMATED": " (expected)"}.get(kind or "", "")
            yield f"{name} {_short(written)}{said}"


def _results(facts: TrialFacts) -> str:
    if facts.results_first_posted_on:
        return f"posted {facts.results_first_posted_on}"
    if facts.results_first_submitted_on:
        return f"submitted {facts.results_first_submitted_on}; not posted yet"
    return f"none posted; due about {facts.results_due_on} (our estimate)" if facts.results_due_on else ""


def _named(values: Sequence[str], most: int = MOST_NAMED) -> list[str]:
    """What is named, and not that there is none; long lists as far as they are read."""
    named = [SAID.get(each, _short(each)) for each in values if each != NOTHING]
    return named if len(named) <= most else [*named[: most - 1], "others"]


def _short(text: str | None, letters: int = NAME_LETTERS) -> str:
    return shortened(plain(text), letters)[0]


def _after(word: str, text: str) -> str:
    return f"{word} {text}" if text else ""


def _either(values: Sequence[str]) -> str:
    return _listed([_short(each) for each in values], "or")


def _and(values: Iterable[str]) -> str:
    return _listed(list(values), "and")


def _listed(values: list[str], last: str) -> str:
    if len(values) > MOST_NAMED:
        values = [*values[:MOST_NAMED], "others"]
    *first, end = values or [""]
    return f"{', '.join(first)} {last} {end}" if first else end
