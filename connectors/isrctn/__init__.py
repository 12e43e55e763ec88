"""ISRCTN: every trial of a watch, whole, or a sentence that says why not.

There is one address, and of what is asked there only a query and a limit count: no pages, no order, no names of
fields in an answer. So each search is one call whose limit is above the declared total, and whose trials are
counted; one that does not add up is asked again, three times at most, and then returned as it is, for the night's
verdict. The registry gives its data no version.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from connectors.errors import RegistryError
from connectors.http import PoliteClient
from connectors.isrctn import answers
from connectors.isrctn.record import NUMBER
from connectors.isrctn.searches import ANY_TRIAL, Expression, expressions, of_years
from connectors.registry import Collected, Part, Progress, Question, RegistryName, Removed, Search, Sink

QUERY = "/api/query/format/default"
TRIES = 3
FIRST_LIMIT = 1000
SPARE = 100
"""How many more than the declared total are asked for: some may be registered meanwhile."""
MOST_BYTES = 256 * 1024 * 1024
"""Of one answer, unpacked: 3,000 trials, as many as are edited in a year, have 90 MB."""


@dataclass(slots=True)
class Isrctn:
    """The registry behind a polite client. Implements ``connectors.registry.Registry``."""

    client: PoliteClient
    name: RegistryName = "isrctn"

    def __post_init__(self) -> None:
        self.client.accepts = "application/xml, text/xml"
        self.client.most_bytes = min(self.client.most_bytes, MOST_BYTES)

    def data_version(self) -> None:
        """It has none: only asking tells whether there is anything new."""

    def parts(self, today: date) -> tuple[Part, ...]:
        return ()

    def collect(self, question: Question, sink: Sink, progress: Progress) -> Collected:
        """As the Protocol says. Followed trials without a number of this registry are not asked for."""
        asked_before = self.client.requests
        collected = _Pass(self, sink, progress).over(question)
        collected.requests = self.client.requests - asked_before
        return collected

    def declared(self, question: Question) -> list[int]:
        """As the Protocol says."""
        asked = (question.interventions, question.conditions, question.terms)
        queries = [ANY_TRIAL] if question.everything else [each.query for each in expressions(*asked)]
        return [self.ask(query, 0).declared for query in queries]

    def ask(self, query: str, limit: int) -> answers.Found:
        return answers.found(self.client.get(QUERY, {"q": query, "limit": str(limit)}))


class _Pass:
    """One pass over the registry. A record is landed once, however often it is returned."""

    def __init__(self, registry: Isrctn, sink: Sink, progress: Progress) -> None:
        self.registry = registry
        self.sink = sink
        self.progress = progress
        self.collected = Collected(registry.name, None, None)
        self.landed: set[str] = set()
        self.nameless: set[bytes] = set()

    def over(self, question: Question) -> Collected:
        asked = (question.interventions, question.conditions, question.terms)
        if question.everything:
            self._searches(list(of_years(datetime.now(UTC).year)))
        elif any(asked):
            self._searches(list(expressions(*asked)))
        for trial_id in filter(NUMBER.fullmatch, dict.fromkeys(question.followed)):
            if trial_id not in self.landed:
                self._one(trial_id)
        return self.collected

    def _searches(self, searches: Sequence[Expression]) -> None:
        for count, expression in enumerate(searches, 1):
            told = f"search {count} of {len(searches)}"
            self.progress(told, 0, None)
            found, distinct = self._whole(expression.query)
            self.progress(told, len(found.records), found.declared)
            names = self._land(found.records)
            for trial_id in names:
                self.collected.found_by.setdefault(trial_id, []).append(expression.name)
            fetched = len(found.records)
            self.collected.searches.append(Search(expression.name, found.declared, fetched, distinct))

    def _whole(self, query: str) -> tuple[answers.Found, int]:
        """The answer with all that it declares, and how many different trials came; the last where none is."""
        limit = FIRST_LIMIT
        for _ in range(TRIES):
            found = self.registry.ask(query, limit)
            if found.declared >= limit:
                limit = found.declared + SPARE
                found = self.registry.ask(query, limit)
            # Another record under the same number is one too; so is each without any, be they alike.
            named = {each for each in found.records if each[0]}
            distinct = len(named) + sum(trial_id is None for trial_id, _ in found.records)
            if found.declared == distinct == len(found.records):
                break
        return found, distinct

    def _land(self, records: list[tuple[str | None, bytes]]) -> list[str]:
        """Land what has not landed. Another record under a number of this answer lands too: reading it says so."""
        sent: dict[str, bytes] = {}
        for trial_id, record in records:
            if trial_id is None or sent.setdefault(trial_id, record) != record:
                if record not in self.nameless:
                    self.nameless.add(record)
                    self.collected.unnamed += 1
                    self.sink.write(record)
            elif trial_id not in self.landed:
                self.landed.add(trial_id)
                self.sink.write(record)
        return list(sent)

    def _holds_anything(self) -> bool:
        """Whether it finds any trial at all. It deletes none: who finds nothing is believed nothing."""
        return self.registry.ask(ANY_TRIAL, 0).declared > 0

    def _one(self, trial_id: str) -> None:
        """A number finds the trials that mention it as well: only the one that bears it is meant.

        Where a record comes that does not give its number, or two, that may be it: nobody says that it is gone.
        """
        for _ in range(TRIES):
            found, distinct = self._whole(trial_id)
            meant = [each for each in found.records if each[0] == trial_id]
            if meant:
                self._land(meant)
                self.collected.by_id.append(trial_id)
                return
        if found.declared != distinct:
            raise RegistryError(
                f"isrctn declared {found.declared} trials that name {trial_id} and sent {distinct}"
            )
        nameless = [each for each in found.records if each[0] is None]
        if nameless:
            self._land(nameless)
            self.collected.by_id.append(trial_id)
            return
        if not self._holds_anything():
            raise RegistryError(f"isrctn finds neither {trial_id} nor any other trial: its search is not in order")
        self.collected.fates[trial_id] = Removed(f"no trial answers to {trial_id} ({found.declared} name it)")
