"""ClinicalTrials.gov, API version 2: every trial of a watch, whole, or a sentence that says why not.

Searches first, then by id every followed trial that no search returned, then the still missing one by one.
No date and no status filter: of ten status changes two move no date (FACTS of 2026-02 to 2026-03). The data
version is read before and after; when it moved in between, or the sums do not add up, the whole pass is made
again, three times at most. What then still does not add up is returned as it is, for the night's verdict.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connectors.clinicaltrials_gov import answers
from connectors.clinicaltrials_gov.searches import expressions
from connectors.errors import RegistryError
from connectors.http import Answer, PoliteClient, must_be_json
from connectors.numbers import NCT_NUMBER
from connectors.registry import (
    Collected,
    Merged,
    Progress,
    Question,
    RegistryName,
    Removed,
    Search,
    Sink,
)
from connectors.versions import moved

PASSES = 3
IDS_PER_REQUEST = 100
"""200 ids in ``filter.ids`` were seen to pass; half of that keeps the address short."""
MOST_EMPTY_PAGES = 20
MOST_TIMES_DECLARED = 2
"""Who sends more than twice what it declared, and a page, will never end."""
STUDIES = "/api/v2/studies"
WHOLE_MODULES = {"fields": "ProtocolSection|DerivedSection|HasResults"}
"""Whole modules: a single date asked for by name comes without its type. No results: they are megabytes."""
EVERY_PAGE = {
    **WHOLE_MODULES,
    "sort": "StudyFirstPostDate:asc,LastUpdatePostDate:asc",
    "countTotal": "true",
    "pageSize": "1000",
}


@dataclass(slots=True)
class ClinicalTrialsGov:
    """The registry behind a polite client. Implements ``connectors.registry.Registry``."""

    client: PoliteClient
    name: RegistryName = "clinicaltrials.gov"

    def data_version(self) -> str:
        return answers.data_version(self.client.json("/api/v2/version"))

    def collect(self, question: Question, sink: Sink, progress: Progress) -> Collected:
        """As the Protocol says; ``requests`` counts those of every pass.

        Followed trials that have no NCT number are another registry's and are not asked for.
        """
        asked_before = self.client.requests
        for attempt in range(PASSES):
            if attempt:
                sink.restart()
            collected = _Pass(self, sink, progress).over(question)
            if _adds_up(collected):
                break
        collected.requests = self.client.requests - asked_before
        return collected


def _adds_up(collected: Collected) -> bool:
    return not moved(collected.data_version_before, collected.data_version_after) and all(
        search.declared in (None, search.distinct) for search in collected.searches
    )


class _Pass:
    """One pass over the registry. A record is landed once, however often it is returned."""

    def __init__(self, registry: ClinicalTrialsGov, sink: Sink, progress: Progress) -> None:
        self.registry = registry
        self.client = registry.client
        self.sink = sink
        self.progress = progress
        self.told = ""
        self.collected = Collected(registry.name, registry.data_version(), None)
        self.landed: set[str] = set()
        self.nameless: set[bytes] = set()

    def over(self, question: Question) -> Collected:
        asked = (question.interventions, question.conditions, question.terms)
        if any(asked) or question.everything:
            searches = list(expressions(*asked))
            for count, expression in enumerate(searches, 1):
                self.told = f"search {count} of {len(searches)}"
                self.progress(self.told, 0, None)
                found = self._search(expression.name, expression.params)
                for trial_id in found:
                    self.collected.found_by.setdefault(trial_id, []).append(expression.name)
        followed = filter(NCT_NUMBER.fullmatch, dict.fromkeys(question.followed))
        self._by_id([trial_id for trial_id in followed if trial_id not in self.landed])
        self.collected.data_version_after = self.registry.data_version()
        return self.collected

    def _search(self, name: str, params: dict[str, str]) -> list[str]:
        declared: int | None = None
        fetched = 0
        names: dict[str, int] = {}
        nameless = 0  # each counts: two that are nothing but "{}" are two all the same
        for page in self._pages(params):
            declared = page.totalCount if declared is None else declared
            if declared is None:
                raise RegistryError(f"{self.registry.name} does not say how many trials a search has")
            fetched += len(page.studies)
            for record in map(bytes, page.studies):
                trial_id = answers.trial_id(record)
                # Sent again, a record is as long as it was, in whatever order its parts come. One of another
                # length is another record under the same number: it lands too, and reading it says so.
                if trial_id is not None and names.setdefault(trial_id, len(record)) != len(record):
                    trial_id = None
                nameless += trial_id is None
                self._land(record, trial_id)
            self.progress(self.told, fetched, declared)
        self.collected.searches.append(Search(name, declared, fetched, len(names) + nameless))
        return list(names)

    def _pages(self, params: dict[str, str]) -> Iterator[answers.Page]:
        """Every page. The last is the one without a token; an empty page in the middle is not the end."""
        params = {**params, **EVERY_PAGE}
        used: set[str] = set()
        empty = sent = 0
        declared: int | None = None
        while True:
            page = answers.page(self.client.json(STUDIES, params))
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
        for trial_id in trial_ids:
            if trial_id not in self.landed:
                self._one(trial_id)

    def _search_ids(self, batch: Sequence[str]) -> None:
        for page in self._pages({"filter.ids": "|".join(batch)}):
            for record in map(bytes, page.studies):
                self._land(record, answers.trial_id(record))
            self.progress("followed trials, by id", len(self.landed), None)

    def _one(self, trial_id: str) -> None:
        answer = self.client.get(f"{STUDIES}/{trial_id}", WHOLE_MODULES)
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
            answer = self.client.get(f"{STUDIES}/{mergers[-1]}", WHOLE_MODULES)
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
            raise RegistryError(f"{answer.url} answered something that is not a trial")
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
