"""Which trials are one study: numbers that a registry made one, trials of several registries that name one number.

Pure; which written numbers are a registry's, and how they compare, is decided in keep/sql/study_link.sql.
A registry is here who gives a number, and not who shows it: WHO shows numbers of many. Records that bear one
number are one trial, as those of the countries of a European one. Two records of one registry that name a common
number are kin (a trial and its extension), not one study, and which of them another registry's trial is cannot be
told: such a number ties nothing. Two live numbers of one registry are two trials, whatever anyone says. To count a
study twice is seen; to hide a trial in another is not.

A person's word outranks a record's, and a registry's on its own numbers (a merger) a person's tie. What is given
as a tie and not followed is a doubt, which a person can answer.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from warehouse.judge.grouping import Apart, Groups, KeptApart, Tie, doubtful
from warehouse.judge.watch import Ruling

STAY_TWO = "two numbers of one registry stay two studies"


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A trial and a number, spelt for comparison: its ``own``, one it ``named``, ``alias`` or ``merged`` into.

    ``registry_name`` is whose number the trial's own is. ``is_live`` says of the trial that its registry still
    answers with it.
    """

    trial_id: str
    registry_name: str
    tie: str
    number: str
    is_live: bool = True


@dataclass(frozen=True, slots=True)
class Study:
    """Trials that are one study. ``study_id`` is the first of its trials' numbers, in alphabetical order."""

    study_id: str
    trial_ids: list[str]
    matched_by: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two trials that something ties and that are no study: what ties them, and why that was not followed.

    ``settled_by`` says why nobody need ask; None: a person can tell.
    """

    trial_id: str
    other_id: str
    matched_by: str
    doubt: str
    settled_by: str | None = None


class Matched(NamedTuple):
    """Every study of two trials or more, with what ties them in words; and every doubt."""

    studies: list[Study]
    doubts: list[Doubt]


def studies(links: Iterable[Link], rulings: Iterable[Ruling] = ()) -> list[Study]:
    """Every study of two trials or more, with what ties them in words."""
    return matched(links, rulings).studies


def matched(links: Iterable[Link], rulings: Iterable[Ruling] = ()) -> Matched:
    """What is one study by these links and a person's rulings, and what is in doubt, whatever their order."""
    links = sorted(set(links))
    rulings = sorted(set(rulings))
    registries = {link.trial_id: link.registry_name for link in links}
    live = {link.trial_id: link.registry_name for link in links if link.is_live}
    places = _places(links)
    parted = [
        Apart((one, other), f"they were {each.words}")
        for each, one, other in _placed(rulings, places, of_one=False)
    ]
    bench = _Bench()
    bench.hear(_merged(links), parted)
    own = {link.trial_id: link.number for link in links if link.tie == "own"}
    numbers = _one_each(live, lambda trial_id: own.get(trial_id, trial_id))
    bench.hear(_of_one_number(links), parted + _apart(numbers))
    of_live, of_all = (parted + _apart(_one_each(some, bench.groups.root)) for some in (live, registries))
    bench.hear(_ruled(rulings, places), of_live)
    bench.hear(_borne(links, live), of_live)
    bench.hear(_named(links, bench.groups), of_all)
    bench.doubt(_living(links, live), of_live)
    bench.doubt(_ambiguous(links, bench.groups), of_all)
    return Matched(_told(links, bench), [*_unheld(rulings, places), *bench.doubts()])


@dataclass(frozen=True, slots=True)
class _Doubtful:
    tie: Tie
    why: str
    apart: list[Apart]


class _Bench:
    """Ties heard one kind after the other: those that are followed, and those that are not."""

    def __init__(self) -> None:
        self.groups = Groups[str]()
        self.followed: list[Tie] = []
        self._doubtful: list[_Doubtful] = []

    def hear(self, ties: Iterable[Tie], apart: list[Apart]) -> None:
        """Follow what is tied, but for ties that together would make two that stand ``apart`` one."""
        ties = sorted(set(ties))
        why = doubtful(ties, apart, self.groups.root)
        self.followed += (sure := [tie for tie in ties if tie not in why])
        for tie in sure:
            self.groups.join(tie.one, tie.other)
        self.doubt(why, apart)

    def doubt(self, why: Mapping[Tie, str], apart: list[Apart]) -> None:
        """Note ties that are not followed, and what stands apart for ties of their kind."""
        self._doubtful += [_Doubtful(tie, reason, apart) for tie, reason in why.items()]

    def doubts(self) -> list[Doubt]:
        """Each pair once. Two that are one study by something else are in no doubt."""
        root = self.groups.root
        found: dict[tuple[str, str], list[_Doubtful]] = {}
        for each in self._doubtful:
            if root(each.tie.one) != root(each.tie.other):
                one, other = sorted((each.tie.one, each.tie.other))
                found.setdefault((one, other), []).append(each)
        held = {id(each.apart): each.apart for of_pair in found.values() for each in of_pair}
        between = {key: KeptApart(apart, root).between for key, apart in held.items()}
        return [
            Doubt(
                *pair,
                "; ".join(sorted({each.tie.reason for each in of_pair})),
                "; ".join(sorted({each.why for each in of_pair})),
                between[id(of_pair[-1].apart)](*pair),
            )
            for pair, of_pair in sorted(found.items())
        ]


def _told(links: Iterable[Link], bench: _Bench) -> list[Study]:
    made: dict[str, list[str]] = {}
    for trial_id in sorted({link.trial_id for link in links}):
        made.setdefault(bench.groups.root(trial_id), []).append(trial_id)
    words: dict[str, set[str]] = {}
    for tie in bench.followed:
        words.setdefault(bench.groups.root(tie.one), set()).add(tie.reason)
    return [
        Study(trials[0], trials, "; ".join(sorted(words[root])))
        for root, trials in sorted(made.items(), key=lambda item: item[1])
        if len(trials) > 1
    ]


def _of_one_number(links: list[Link]) -> Iterator[Tie]:
    bearers: dict[str, str] = {}
    for link in links:
        if link.tie == "own":
            first = bearers.setdefault(link.number, link.trial_id)
            if first != link.trial_id:
                yield Tie(first, link.trial_id, f"{first} and {link.trial_id} are records of {link.number}")


def _one_each(registries: Mapping[str, str], what_is_one: Callable[[str], str]) -> dict[str, str]:
    """The trials with their registries, of those of one registry that are one the first."""
    first: dict[tuple[str, str], str] = {}
    for trial_id, registry_name in sorted(registries.items()):
        first.setdefault((registry_name, what_is_one(trial_id)), trial_id)
    return {trial_id: registries[trial_id] for trial_id in first.values()}


def _apart(registries: Mapping[str, str]) -> list[Apart]:
    """The trials of each registry, no two of which are one."""
    of_registry: dict[str, list[str]] = {}
    for trial_id, registry_name in sorted(registries.items()):
        of_registry.setdefault(registry_name, []).append(trial_id)
    return [Apart(tuple(trial_ids), STAY_TWO) for _, trial_ids in sorted(of_registry.items())]


def _places(links: list[Link]) -> dict[str, str]:
    """Whom each number that a trial bears or bore stands for: that trial; itself, where none of ours bears it."""
    bore = {other: other for tie in ("merged", "alias") for _, other in _within_a_registry(links, tie)}
    return bore | {link.number: link.trial_id for link in links if link.tie == "own"}


def _placed(
    rulings: list[Ruling], places: Mapping[str, str], *, of_one: bool
) -> Iterator[tuple[Ruling, str, str]]:
    """The rulings of one kind on numbers that are held, with whom these stand for."""
    for each in rulings:
        if each.is_one_study == of_one and each.trial_id in places and each.other_id in places:
            yield each, places[each.trial_id], places[each.other_id]


def _ruled(rulings: list[Ruling], places: Mapping[str, str]) -> Iterator[Tie]:
    for each, one, other in _placed(rulings, places, of_one=True):
        yield Tie(one, other, f"{one} and {other} {each.words}")


def _unheld(rulings: list[Ruling], places: Mapping[str, str]) -> Iterator[Doubt]:
    """A person's tie of a number that nobody bears: it waits, and may be a slip of the pen."""
    for each in rulings:
        missing = [number for number in (each.trial_id, each.other_id) if number not in places]
        if each.is_one_study and missing:
            why = f"no trial with the number {' or '.join(missing)} is held"
            yield Doubt(each.trial_id, each.other_id, each.words, why)


def _merged(links: list[Link]) -> Iterator[Tie]:
    for link, other in _within_a_registry(links, "merged"):
        yield Tie(link.trial_id, other, f"{link.trial_id} was merged into {other}")


def _borne(links: list[Link], live: Mapping[str, str]) -> Iterator[Tie]:
    """Former numbers, but for one whose own record is still there: that is a trial beside."""
    for link, other in _within_a_registry(links, "alias"):
        if other not in live:
            yield Tie(link.trial_id, other, f"{other} is a former number of {link.trial_id}")


def _living(links: list[Link], live: Mapping[str, str]) -> dict[Tie, str]:
    """Former numbers whose own record still answers: not followed, each with the reason."""
    return {
        Tie(link.trial_id, other, f"{link.trial_id} gives {other} as a former number"): (
            f"the registry still answers with {other}"
        )
        for link, other in _within_a_registry(links, "alias")
        if other in live
    }


def _within_a_registry(links: list[Link], tie: str) -> Iterator[tuple[Link, str]]:
    """The ties of one kind that a registry makes itself, each with the trial of ours that bears the number."""
    owners = {link.number: link.trial_id for link in links if link.tie == "own"}
    for link in links:
        other = owners.get(link.number, link.number)
        if link.tie == tie and other != link.trial_id:
            yield link, other


def _named(links: list[Link], groups: Groups[str]) -> Iterator[Tie]:
    for speakers in _speakers(links, groups):
        for other in speakers.single[1:]:
            yield _common(speakers.single[0], other)


def _ambiguous(links: list[Link], groups: Groups[str]) -> dict[Tie, str]:
    """Ties by numbers that several trials of one registry name: each of these with the first it may be tied to."""
    found: dict[Tie, str] = {}
    for speakers in _speakers(links, groups):
        for registry_name, kin in speakers.kin.items():
            others = [*speakers.single, *(each for name in sorted(speakers.kin) for each in speakers.kin[name])]
            hub = next((each for each in others if each.registry_name != registry_name), None)
            why = f"{len(kin)} trials of {registry_name} name {kin[0].number}, and which is meant cannot be told"
            found |= {_common(hub, each): why for each in kin if hub}
    return found


def _common(first: Link, other: Link) -> Tie:
    if first.tie == "own":
        return Tie(other.trial_id, first.trial_id, f"{other.trial_id} names {first.trial_id}")
    one, two = sorted((first.trial_id, other.trial_id))
    return Tie(one, two, f"{one} and {two} both name {first.number}")


class _Speakers(NamedTuple):
    """Who has a number: of each registry the one trial, whose own it is first; or several, its ``kin``."""

    single: list[Link]
    kin: dict[str, list[Link]]


def _speakers(links: list[Link], groups: Groups[str]) -> list[_Speakers]:
    found: dict[str, dict[str, dict[str, Link]]] = {}
    for link in links:
        if link.tie in ("own", "named"):
            of_registry = found.setdefault(link.number, {}).setdefault(link.registry_name, {})
            root = groups.root(link.trial_id)
            if root not in of_registry or link.tie == "own":
                of_registry[root] = link
    return [_naming_one_number(registries) for registries in found.values() if len(registries) > 1]


def _naming_one_number(registries: Mapping[str, Mapping[str, Link]]) -> _Speakers:
    speakers = _Speakers([], {})
    for registry_name, trials in registries.items():
        own = [link for link in trials.values() if link.tie == "own"]
        if own or len(trials) == 1:
            speakers.single.extend(own or trials.values())
        else:
            speakers.kin[registry_name] = sorted(trials.values())
    speakers.single.sort(key=lambda link: (link.tie != "own", link.trial_id))
    return speakers
