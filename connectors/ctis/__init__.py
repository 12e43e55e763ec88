"""EU CTIS: every trial of a watch, whole, or a sentence that says why not.

A search is posted and shows rows, a hundred a page; a trial is whole only by its number. Every row is read every
night, because no date of the registry's tells that a trial began or ended; whole is read who is new, whose row
moved, and each trial once a week (``held``). Of what may be asked only ``containAny`` and the order of decisions
are known to be kept: other filters are dropped in silence. The registry gives its data no version.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from connectors.ctis import answers
from connectors.ctis.answers import Row
from connectors.ctis.held import HeldRecord, held, is_due
from connectors.ctis.record import NUMBER, joined
from connectors.errors import RegistryError
from connectors.http import PoliteClient
from connectors.registry import Collected, Part, Progress, Question, RegistryName, Removed, Search, Sink

SEARCH, RETRIEVE = "/ctis-public-api/search", "/ctis-public-api/retrieve/"
A_PAGE = 100
MOST_ROWS = 10_000
"""Of one search in one order: what lies beyond is reached from its other end."""
OVERLAP = 200
"""Rows that are read from both ends: the middle moves while it is read."""
TRIES = 3
MOST_BYTES = 64 * 1024 * 1024
"""Of one answer, unpacked: a page has 300 kB, a whole record 80."""
FIRST_SUBMISSION = "-00"
MOST_SUBMISSIONS = 5
"""Of one trial, that are looked for by its number: one may have been submitted again more than once since."""


@dataclass(slots=True)
class Ctis:
    """The registry behind a polite client. Implements ``connectors.registry.Registry``."""

    client: PoliteClient
    name: RegistryName = "ctis"

    def __post_init__(self) -> None:
        self.client.most_bytes = min(self.client.most_bytes, MOST_BYTES)

    def data_version(self) -> str | None:
        """It has none: only asking tells whether there is anything new."""
        return None

    def parts(self, today: date) -> tuple[Part, ...]:
        return ()

    def declared(self, question: Question) -> list[int]:
        """As the Protocol says. A watch is what its searches find alike, which only their rows tell."""
        searches = _searches(question)
        if question.everything or not searches:
            return [_asked(self.client, criteria).declared for criteria in searches.values()]
        _, found = _Pass(self.client, self.name, question, _Nowhere(), lambda *_: None).found()
        return [len(found)]

    def collect(self, question: Question, sink: Sink, progress: Progress) -> Collected:
        """As the Protocol says. Followed trials without a number of this registry are not asked for."""
        asked_before = self.client.requests
        collected = _Pass(self.client, self.name, question, sink, progress).over()
        collected.requests = self.client.requests - asked_before
        return collected


class _Nowhere:
    """A sink for who only counts."""

    def write(self, record: bytes) -> None: ...

    def mark(self) -> int:
        return 0

    def rewind(self, mark: int) -> None: ...


class _Pass:
    """One pass over the registry. A trial is landed once, however often it is returned."""

    def __init__(
        self, client: PoliteClient, name: str, question: Question, sink: Sink, progress: Progress
    ) -> None:
        self.client = client
        self.question = question
        self.today = question.today or datetime.now(UTC).date()
        self.sink = sink
        self.progress = progress
        self.collected = Collected(name, None, None)

    def over(self) -> Collected:
        """Every search first: nothing is retrieved for a search that cannot be read to its end."""
        name, found = self.found()
        waiting = list(found)
        while waiting:
            trial_ids, waiting = waiting[:A_PAGE], waiting[A_PAGE:]
            records = self.question.held(trial_ids)
            for trial_id in trial_ids:
                self.collected.found_by[trial_id] = [name]
                self._land(trial_id, found[trial_id], held(records.get(trial_id)))
                self.progress(f"whole trials of {name}", len(self.collected.found_by), len(found))
        followed = [each[1] for trial_id in self.question.followed if (each := NUMBER.fullmatch(trial_id))]
        for trial_id in dict.fromkeys(followed):
            if trial_id not in found:
                self._one(trial_id)
        return self.collected

    def found(self) -> tuple[str, dict[str, Row]]:
        """The trials that every list of the watch finds, each with its latest row; the server has no brackets."""
        searches = _searches(self.question)
        each = [self._search(name, criteria) for name, criteria in searches.items()]
        first = each[0] if each else {}
        return " with ".join(searches), {
            key: row for key, row in first.items() if all(key in other for other in each)
        }

    def _search(self, name: str, criteria: dict[str, str]) -> dict[str, Row]:
        """All rows of a search by trial; asked again where they do not add up, and then returned as they are."""
        for _ in range(TRIES):
            declared, rows = self._whole(name, criteria)
            # Another row without a number is one too.
            distinct = len({number or row for number, row in rows})
            if declared == distinct:
                break
        self.collected.searches.append(Search(name, declared, len(rows), distinct))
        return self._latest(rows)

    def _latest(self, rows: Iterable[Row]) -> dict[str, Row]:
        """The latest submission of each trial; what has no number lands for the quarantine."""
        latest: dict[str, Row] = {}
        nameless: set[bytes] = set()
        for number, row in rows:
            known = NUMBER.fullmatch(number) if number else None
            if known is None:
                nameless.add(row)
            elif (latest.get(known[1], ("", b""))[0] or "") <= known[0]:
                latest[known[1]] = (known[0], row)
        for row in sorted(nameless):
            self.collected.unnamed += 1
            self.sink.write(joined(row, None))
        return latest

    def _whole(self, name: str, criteria: dict[str, str]) -> tuple[int, list[Row]]:
        """The registry's own total, and every row; from both ends where one end does not reach all."""
        declared, rows = self._from_one_end(name, criteria, "DESC", MOST_ROWS)
        missing = declared - MOST_ROWS
        if missing > MOST_ROWS - OVERLAP:
            raise RegistryError(f"ctis declared {declared} trials for {name}, more than it shows from both ends")
        if missing > 0:
            declared, others = self._from_one_end(name, criteria, "ASC", missing + OVERLAP)
            seen = {number for number, _ in rows}
            rows += [each for each in others if each[0] not in seen]
        return declared, rows

    def _from_one_end(
        self, name: str, criteria: dict[str, str], direction: str, most: int
    ) -> tuple[int, list[Row]]:
        rows: list[Row] = []
        for page in itertools.count(1):
            found = self._page(criteria, direction, page)
            rows += found.rows
            self.progress(f"search of {name}", len(rows), found.declared)
            if found.is_last or len(rows) >= min(most, found.declared):
                break
        return found.declared, rows

    def _page(self, criteria: dict[str, str], direction: str, page: int) -> answers.Page:
        return _asked(self.client, criteria, direction, page, A_PAGE)

    def _land(self, trial_id: str, found: Row, known: HeldRecord) -> None:
        """Land a trial whose row was found, whole where it is new, its row moved, or its day has come."""
        number, row = found
        is_known = known.is_whole and known.has_row(row)
        if is_known and not is_due(trial_id, self.question.last_on, self.today):
            self.sink.write(known.payload)
            return
        record = self._retrieve(number or trial_id)
        self.sink.write(known.unanswered(row, self.today) if record is None else known.whole(row, record))

    def _retrieve(self, number: str) -> bytes | None:
        return answers.retrieved(self.client.get(RETRIEVE + number), number)

    def _one(self, trial_id: str) -> None:
        """A trial that no search of the watch returns, by its number: it may have been submitted again since.

        Only its whole number is known to find it, so that and the next ones are asked for; and one page is looked
        at, for a server that divides numbers would show every trial there is. That the registry does not know a
        number is no removal: who is held stays as held.
        """
        known = held(self.question.held([trial_id]).get(trial_id))
        number = known.number or trial_id + FIRST_SUBMISSION
        rows = self._page({"containAny": ",".join(_submissions(number))}, "DESC", 1).rows
        bearers = [each for each in rows if each[0] and each[0].startswith(trial_id)]
        if bearers:
            self._land(trial_id, max(bearers, key=lambda each: each[0] or ""), known)
        elif (record := self._retrieve(number)) is not None:
            self.sink.write(known.by_number(record))
        elif self._holds_nothing():
            raise RegistryError(f"ctis finds neither {trial_id} nor any other trial: its search is not in order")
        elif known.payload:
            self.sink.write(known.payload)
        else:
            self.collected.fates[trial_id] = Removed(f"no trial answers to {trial_id}")
            return
        self.collected.by_id.append(trial_id)

    def _holds_nothing(self) -> bool:
        return _asked(self.client, {}).declared == 0


def _asked(
    client: PoliteClient, criteria: dict[str, str], direction: str = "DESC", page: int = 1, size: int = 1
) -> answers.Page:
    asked: dict[str, Any] = {
        "pagination": {"page": page, "size": size},
        "sort": {"property": "decisionDate", "direction": direction},
        "searchCriteria": criteria,
    }
    return answers.page(client.post(SEARCH, msgspec.json.encode(asked)), page)


def _submissions(number: str) -> list[str]:
    """A whole number, and those that it may have been submitted again under.

    >>> _submissions("2025-520001-11-00")[:2]
    ['2025-520001-11-00', '2025-520001-11-01']
    """
    first = int(number[-2:])
    return [f"{number[:-2]}{each:02d}" for each in range(first, min(first + MOST_SUBMISSIONS, 100))]


def _searches(question: Question) -> dict[str, dict[str, str]]:
    """What is asked for each list of the watch, under its name; one that asks for everything has one search."""
    if question.everything:
        return {"everything": {}}
    lists = map(_spelt, (question.interventions, question.conditions, question.terms))
    return {" OR ".join(words): {"containAny": ",".join(words)} for words in lists if words}


def _spelt(words: Sequence[str]) -> list[str]:
    """Words as they may be asked for: a comma would divide them."""
    return [spelt for each in words if (spelt := " ".join(each.replace(",", " ").split()))]
