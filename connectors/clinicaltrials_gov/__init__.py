"""ClinicalTrials.gov, API version 2: every trial of a watch, whole, or a sentence that says why not.

Searches first, then by id every followed trial that no search returned, then the still missing one by one.
No date and no status filter: of ten status changes in February and March 2026 two moved no date. The data version
is read before and after; when it moved in between the whole pass is made again, and a search whose sums do not add
up is asked again, three times at most. What then still does not add up is returned as it is, for the night's
verdict.

Everything is asked for in parts, by year of first posting, unless it fits on a page: half a million records are
five hundred pages, and what goes wrong with one of them must not cost the others. Parts may come from ``others``,
who ask in our stead; what they bring lands as if it had come just now.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date

from connectors.clinicaltrials_gov import answers
from connectors.clinicaltrials_gov.searches import Expression, expressions, of_part, of_updates, years
from connectors.errors import NotShownError, OurBugError, RegistryError
from connectors.http import Answer, PoliteClient, must_be_json
from connectors.numbers import NCT_NUMBER
from connectors.registry import (
    BroughtPart,
    Collected,
    Merged,
    Others,
    Part,
    Progress,
    Question,
    RegistryName,
    Removed,
    Search,
    Sink,
)
from connectors.versions import moved

TRIES = 3
ONE_PAGE = 1000
EVERYTHING = Expression("everything", {})
IDS_PER_REQUEST = 100
"""200 ids in ``filter.ids`` were seen to pass; half of that keeps the address short."""
MOST_ONE_BY_ONE = 1000
"""A quarter of an hour at a request a second. A few trials are removed in a year: more are an index in pieces."""
MOST_EMPTY_PAGES = 20
MOST_TIMES_DECLARED = 2
"""Who sends more than twice what it declared, and a page, will never end."""
NOTHING_ELSE: Mapping[str, str] = {}
STUDIES = "/api/v2/studies"
WHOLE_MODULES = "ProtocolSection|DerivedSection|HasResults"
"""Whole modules: a single date asked for by name comes without its type. No results: they are megabytes."""
AND_DOCUMENTS = f"{WHOLE_MODULES}|DocumentSection"
"""What documents there are. They are shown and nothing depends on them: a registry may not know the name."""
ONLY_RESULTS = {"fields": "ResultsSection"}
ONLY_THE_TOTAL = {"countTotal": "true", "pageSize": "1", "fields": "NCTId"}
EVERY_PAGE = {
    "sort": "StudyFirstPostDate:asc,LastUpdatePostDate:asc",
    "countTotal": "true",
    "pageSize": str(ONE_PAGE),
}


@dataclass(slots=True)
class ClinicalTrialsGov:
    """The registry behind a polite client. Implements ``connectors.registry.Registry`` and ``AskedInParts``.

    Everything is asked for at once where it is no more than ``at_once`` trials.
    """

    client: PoliteClient
    at_once: int = ONE_PAGE
    name: RegistryName = "clinicaltrials.gov"
    fields: str = AND_DOCUMENTS
    others: Others | None = None

    def data_version(self) -> str:
        return answers.data_version(self.client.json("/api/v2/version"))

    def parts(self, today: date) -> tuple[Part, ...]:
        return years(today)

    def collect(self, question: Question, sink: Sink, progress: Progress) -> Collected:
        """As the Protocol says; ``requests`` counts those of every pass.

        Followed trials that have no NCT number are another registry's and are not asked for.
        """
        asked_before = self.client.requests
        for others in (*[self.others] * (TRIES - 1), None):
            sink.rewind(0)
            try:
                collected = _Pass(self, sink, progress, others).over(question)
            except _MovedError:
                continue
            if not moved(collected.data_version_before, collected.data_version_after):
                break
        collected.requests += self.client.requests - asked_before
        return collected

    def collect_part(self, part: Part, sink: Sink, progress: Progress) -> Collected:
        """As ``connectors.registry.AskedInParts`` says: once, whatever became of the data version meanwhile."""
        asked_before = self.client.requests
        collected = _Pass(self, sink, progress).over_part(part)
        collected.requests = self.client.requests - asked_before
        return collected

    def declared(self, question: Question) -> list[int]:
        """As the Protocol says."""
        asked = (question.interventions, question.conditions, question.terms)
        if not (question.everything or any(asked)):
            return []
        searches = [EVERYTHING] if question.everything else expressions(*asked)
        pages = (answers.page(self.client.json(STUDIES, {**each.params, **ONLY_THE_TOTAL})) for each in searches)
        return [self.total(page.totalCount) for page in pages]

    def total(self, declared: int | None) -> int:
        """The total of a search. Raises ``RegistryError`` where none was said."""
        if declared is None:
            raise RegistryError(f"{self.name} does not say how many trials a search has")
        return declared

    def results(self, trial_id: str) -> bytes:
        """As ``connectors.registry.PostsResults`` says. Whoever ignores ``fields`` sends the whole record."""
        answer = self.client.get(f"{STUDIES}/{trial_id}", ONLY_RESULTS)
        if answers.is_gone(answer, trial_id):
            raise NotShownError(f"{answer.where} answered {answer.status}: {answer.text}")
        found = answers.results_section(must_be_json(answer))
        if found is None:
            raise NotShownError(f"{answer.where} shows no results")
        if (number := answers.trial_id(answer.body)) not in (None, trial_id):
            raise NotShownError(f"{answer.where} answered with {number}")
        return found


@dataclass(slots=True)
class _Reached:
    """How far a pass has come, so that it can go back there."""

    mark: int
    landed: set[str]
    nameless: set[bytes]
    unnamed: int


class _MovedError(Exception):
    """The data version moved in mid-pass, so that the rest of it would be asked for in vain."""


class _Pass:
    """One pass over the registry. A record is landed once, however often it is returned."""

    def __init__(
        self, registry: ClinicalTrialsGov, sink: Sink, progress: Progress, others: Others | None = None
    ) -> None:
        self.registry = registry
        self.others = others
        self.client = registry.client
        self.sink = sink
        self.progress = progress
        self.told = ""
        self.collected = Collected(registry.name, registry.data_version(), None)
        self.landed: set[str] = set()
        self.nameless: set[bytes] = set()

    def over(self, question: Question) -> Collected:
        asked = (question.interventions, question.conditions, question.terms)
        if question.everything:
            self._everything(question)
        elif any(asked):
            self._searches(list(expressions(*asked)))
        followed = filter(NCT_NUMBER.fullmatch, dict.fromkeys(question.followed))
        self._by_id([trial_id for trial_id in followed if trial_id not in self.landed])
        self.collected.data_version_after = self.registry.data_version()
        return self.collected

    def over_part(self, part: Part) -> Collected:
        self._searches([of_part(part)])
        self.collected.data_version_after = self.registry.data_version()
        return self.collected

    def _everything(self, question: Question) -> None:
        if question.updated_since:
            self.collected.asked = list(question.parts)
            self._searches([of_updates(question.updated_since)])
            self._in_parts(question.parts)
        elif not (question.parts and self._is_taken_in(question.parts)):
            self._searches([EVERYTHING])

    def _is_taken_in(self, parts: Sequence[Part]) -> bool:
        """Whether everything was taken part by part. If not, nothing was.

        A trial without a date is in no part, and a registry that knows no dates sends all of it in each.
        """
        page = answers.page(self._whole(self.client.json, STUDIES, {**EVERY_PAGE, "pageSize": "1"}))
        declared = self.registry.total(page.totalCount)
        if declared <= self.registry.at_once:
            return False
        start = self._reached()
        if self._in_parts(parts, declared) == declared:
            return True
        self._go_back(start)
        self.collected.searches, self.collected.found_by = [], {}
        return False

    def _in_parts(self, parts: Sequence[Part], most: float = math.inf) -> int:
        """Take parts one after another, until they declare more than ``most``; how much they declare together."""
        declared = 0
        with self._others_asked(parts) as brought:
            for count, part in enumerate(parts, 1):
                told = f"part {count} of {len(parts)}"
                self.progress(told, 0, None)
                found = brought(part)
                if found:
                    self._take_over(part, found)
                    self.progress(told, found.search.fetched, found.search.declared)
                else:
                    self._refuse_to_go_on_in_vain()
                    self._searches([of_part(part)], told)
                declared += self.collected.searches[-1].declared or 0
                if declared > most:
                    break
        return declared

    def _others_asked(self, parts: Sequence[Part]) -> AbstractContextManager[Callable[[Part], BroughtPart | None]]:
        if self.others is None or self.collected.data_version_before is None:
            return nullcontext(lambda _: None)
        return self.others.asked(parts, self.collected.data_version_before)

    def _take_over(self, part: Part, found: BroughtPart) -> None:
        """Land what others have brought of a part, by the rules by which a search's records land."""
        names: dict[str, int] = {}
        for record in found.records:
            self._land(record, _told_apart(record, names))
        for trial_id in names:
            self.collected.found_by.setdefault(trial_id, []).append(of_part(part).name)
        self.collected.searches.append(found.search)
        self.collected.requests += found.requests

    def _refuse_to_go_on_in_vain(self) -> None:
        """Others that bring nothing may have found another data version: then the pass is to be made again."""
        before = self.collected.data_version_before
        if self.others is not None and moved(before, self.registry.data_version()):
            raise _MovedError

    def _searches(self, searches: list[Expression], told: str = "") -> None:
        for count, expression in enumerate(searches, 1):
            self.told = told or f"search {count} of {len(searches)}"
            self.progress(self.told, 0, None)
            for trial_id in self._search(expression):
                self.collected.found_by.setdefault(trial_id, []).append(expression.name)

    def _search(self, expression: Expression) -> list[str]:
        """Ask once, and where the sums do not add up again; the last answer counts."""
        start = self._reached()
        for _ in range(TRIES):
            self._go_back(start)
            search, names = self._search_once(expression)
            if search.declared == search.distinct:
                break
        self.collected.searches.append(search)
        return names

    def _reached(self) -> _Reached:
        return _Reached(self.sink.mark(), set(self.landed), set(self.nameless), self.collected.unnamed)

    def _go_back(self, to: _Reached) -> None:
        self.sink.rewind(to.mark)
        self.landed, self.nameless = set(to.landed), set(to.nameless)
        self.collected.unnamed = to.unnamed

    def _search_once(self, expression: Expression) -> tuple[Search, list[str]]:
        declared: int | None = None
        fetched = 0
        names: dict[str, int] = {}
        nameless = 0  # each counts: two that are nothing but "{}" are two all the same
        for page in self._pages(expression.params):
            declared = self.registry.total(page.totalCount) if declared is None else declared
            fetched += len(page.studies)
            for record in map(bytes, page.studies):
                trial_id = _told_apart(record, names)
                nameless += trial_id is None
                self._land(record, trial_id)
            self.progress(self.told, fetched, declared)
        return Search(expression.name, declared, fetched, len(names) + nameless), list(names)

    def _pages(self, params: dict[str, str]) -> Iterator[answers.Page]:
        """Every page. The last is the one without a token; an empty page in the middle is not the end."""
        params = {**params, **EVERY_PAGE}
        used: set[str] = set()
        empty = sent = 0
        declared: int | None = None
        while True:
            page = answers.page(self._whole(self.client.json, STUDIES, params))
            yield page
            sent += len(page.studies)
            declared = page.totalCount if declared is None else declared
            if declared is not None and sent > MOST_TIMES_DECLARED * declared + int(EVERY_PAGE["pageSize"]):
                raise RegistryError(f"{self.registry.name} declared {declared} trials and goes on after {sent}")
            token = page.nextPageToken
            if not token:
                return
            empty = 0 if page.studies else empty + 1
            if token in used or empty > MOST_EMPTY_PAGES:
                raise RegistryError(f"{self.registry.name} leads in a circle: page token {token!r}")
            used.add(token)
            params["pageToken"] = token

    def _whole(
        self, ask: Callable[[str, Mapping[str, str]], Answer], path: str, params: Mapping[str, str] = NOTHING_ELSE
    ) -> Answer:
        """The answer with whole modules; from a registry that knows no documents, without them from then on."""
        try:
            return ask(path, {**params, "fields": self.registry.fields})
        except OurBugError as error:
            if self.registry.fields == WHOLE_MODULES or "field" not in error.said.lower():
                raise
            self.registry.fields = WHOLE_MODULES
            return ask(path, {**params, "fields": WHOLE_MODULES})

    def _land(self, record: bytes, trial_id: str | None) -> None:
        if trial_id in self.landed if trial_id else record in self.nameless:
            return
        if trial_id is None:
            self.nameless.add(record)
            self.collected.unnamed += 1
        else:
            self.landed.add(trial_id)
        self.sink.write(record)

    def _by_id(self, trial_ids: Sequence[str]) -> None:
        for start in range(0, len(trial_ids), IDS_PER_REQUEST):
            batch = trial_ids[start : start + IDS_PER_REQUEST]
            before = set(self.landed)
            self._search_ids(batch)
            self.collected.by_id += sorted(self.landed - before)
        missing = [trial_id for trial_id in trial_ids if trial_id not in self.landed]
        if len(missing) > MOST_ONE_BY_ONE:
            raise RegistryError(
                f"{self.registry.name} shows {len(missing)} of the trials that we hold neither by search nor by "
                f"number; more than {MOST_ONE_BY_ONE} are not asked for one by one"
            )
        for trial_id in missing:
            if trial_id not in self.landed:
                self._one(trial_id)

    def _search_ids(self, batch: Sequence[str]) -> None:
        for page in self._pages({"filter.ids": "|".join(batch)}):
            for record in map(bytes, page.studies):
                self._land(record, answers.trial_id(record))
            self.progress("followed trials, by id", len(self.landed), None)

    def _one(self, trial_id: str) -> None:
        answer = self._whole(self.client.get, f"{STUDIES}/{trial_id}")
        if answers.is_gone(answer, trial_id):
            self.collected.fates[trial_id] = Removed(answer.text)
            return
        survivor = answers.survivor(answer)
        if survivor and survivor != trial_id:
            self.collected.fates[trial_id] = Merged(self._at_the_end_of([trial_id, survivor]))
        else:
            self._take(answer, trial_id)

    def _at_the_end_of(self, mergers: list[str]) -> str:
        """The trial that is left where one number leads to another, and that perhaps to a third; it lands."""
        # A redirect drops our parameters, so each number is asked for anew and none is followed blindly.
        while mergers[-1] not in self.landed:
            answer = self._whole(self.client.get, f"{STUDIES}/{mergers[-1]}")
            survivor = answers.survivor(answer)
            if survivor is None:
                return self._take(answer, mergers[-1])
            if survivor in mergers:
                raise RegistryError(f"{self.registry.name} leads in a circle: {' → '.join([*mergers, survivor])}")
            mergers.append(survivor)
        return mergers[-1]

    def _take(self, answer: Answer, asked_for: str) -> str:
        """Land the one record of an answer; returns the number that it bears."""
        record = answers.single_record(must_be_json(answer))
        trial_id = answers.trial_id(record)
        if trial_id is None and not answers.is_a_trial(record):
            raise RegistryError(f"{answer.where} answered something that is not a trial")
        if trial_id is None:
            # A trial whose own number cannot be read is there all the same: one bad record, not a bad night.
            self._land(record, None)
            self.collected.by_id.append(asked_for)
            return asked_for
        if trial_id != asked_for:
            self.collected.fates[asked_for] = Merged(trial_id)
        self._land(record, trial_id)
        if trial_id not in self.collected.found_by and trial_id not in self.collected.by_id:
            self.collected.by_id.append(trial_id)
        return trial_id


def _told_apart(record: bytes, names: dict[str, int]) -> str | None:
    """The trial's number, where no other record had it; ``names`` are the numbers seen, each with its length.

    Sent again, a record is as long as it was, in whatever order its parts come. One of another length is another
    record under the same number: it lands too, and reading it says so.
    """
    trial_id = answers.trial_id(record)
    if trial_id is not None and names.setdefault(trial_id, len(record)) != len(record):
        return None
    return trial_id
