"""Held trials that came in other bytes tonight: which of them are in another state, and in what it differs.

A changed trial takes a tenth of a megabyte in each of its two states, and a registry can touch every record it has
in one night. So they are compared some at a time: what is found goes to the stage and the journal, and a few facts
of each stay in memory.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import duckdb
import msgspec

from connectors.spelling import OneSpelling
from connectors.statuses import UNRECOGNISED, status_group
from connectors.trial import Reading, StatusTurn
from warehouse.judge.changes import Finding, cause_of, differences, differences_apart, registry_date
from warehouse.keep import holdings
from warehouse.keep.certificate import Night
from warehouse.keep.former import Heir
from warehouse.keep.holdings import A_BATCH, Held
from warehouse.keep.intake import Read
from warehouse.keep.journal import Journal
from warehouse.store.load import KnownBy, Stage, last_numbers


@dataclass(frozen=True, slots=True)
class Changed:
    """A trial in another state. ``cause`` is whose doing that is: sponsor, registry or calendar."""

    trial_id: str
    cause: str
    posted_on: date | None


@dataclass(slots=True)
class Comparison:
    """Compares what was read of held trials, or of their heirs, with what is held.

    ``look_beside`` is told of each trial that is in the same state in other bytes, with its version. ``known_by``
    are those, ``turns`` the statuses that changed ones had by the calendar before they were edited, and
    ``unposted`` counts those that changed although nothing new was posted of them.
    """

    con: duckdb.DuckDBPyConnection
    night: Night
    held: Mapping[str, Held]
    heirs: Mapping[str, Heir]
    stage: Stage
    journal: Journal
    look_beside: Callable[[Read, int], None] | None = None
    changed: dict[str, Changed] = field(default_factory=dict)
    known_by: dict[str, KnownBy] = field(default_factory=dict)
    turns: list[dict[str, Any]] = field(default_factory=list)
    unposted: int = 0
    _waiting: list[Read] = field(default_factory=list)
    _given: Mapping[str, int] = field(default_factory=dict)

    def concerns(self, trial_id: str) -> bool:
        """Whether something is held that a trial of this number can be compared with."""
        return trial_id in self.held or trial_id in self.heirs

    def add(self, state: Read) -> None:
        """Take a trial that ``concerns`` us: one whose hash is as it was is not looked at, others are compared."""
        if not state.is_new:
            self._keep_known(state)
            return
        self._waiting.append(state)
        if len(self._waiting) >= A_BATCH:
            self.finish()

    def finish(self) -> None:
        """Compare those that wait."""
        waiting, self._waiting = self._waiting, []
        records = {
            record.trial_id: record
            for record in holdings.latest_records(self.con, map(self._forerunner, waiting), self.night)
        }
        self._given = last_numbers(self.con, records, self.night.work)
        for state in waiting:
            record = records[self._forerunner(state)]
            earlier = self.night.reader.read(record.payload, record.read_on(self.night.today))
            if record.trial_id == state.trial_id and earlier.content_hash == state.content_hash:
                self._keep_known(state)  # only another version of us had read it otherwise
            else:
                self._note(state, earlier)

    def _forerunner(self, state: Read) -> str:
        """The number under which we held the trial: its own, but for an heir."""
        return self.heirs[state.trial_id].forerunner if state.trial_id in self.heirs else state.trial_id

    def _note(self, state: Read, earlier: Reading) -> None:
        forerunner, posted_on = self._forerunner(state), state.trial.last_update_posted_on
        version = self.held[forerunner].version_number
        number = self._given[forerunner] + 1
        cause, found = self._differences(state, earlier)
        for finding in found:
            self.journal.add(state.trial_id, finding, versions=(version, number), posted_on=posted_on)
        self.stage.put(state, number, registry_date(cause, posted_on, self.journal.data_version_on))
        self._note_turns_unseen(state, earlier)
        self.changed[state.trial_id] = Changed(state.trial_id, cause, posted_on)
        self.unposted += state.trial_id in self.held and self._is_unposted(state)

    def _differences(self, state: Read, earlier: Reading) -> tuple[str, list[Finding]]:
        """Whose doing the new state is, and what it changed; an heir's since the last state of its forerunner."""
        alike = OneSpelling()
        before, after = earlier.counted(alike), state.reading.counted(alike)
        last = self.held[self._forerunner(state)]
        by_calendar = state.fingerprint == last.fingerprint
        cause = "calendar" if by_calendar else cause_of(before, after)
        if by_calendar or not last.is_turned_by(self.night.today):
            return cause, differences(before, after, cause)
        return cause, differences_apart(before, earlier.on(self.night.today).counted(alike), after)

    def _note_turns_unseen(self, state: Read, earlier: Reading) -> None:
        """What the calendar turned the last state to since we saw it, before the edit that tonight's state is."""
        forerunner = self._forerunner(state)
        last = self.held[forerunner]
        of = {"trial_id": forerunner, "version_number": last.version_number}
        for turn in turns_unseen(earlier, last.reads_otherwise_from, state.trial.last_update_posted_on):
            self.turns.append(of | msgspec.structs.asdict(turn))

    def _keep_known(self, state: Read) -> None:
        before = self.held[state.trial_id]
        turns_on = before.reads_otherwise_from
        if self.look_beside:
            self.look_beside(state, before.version_number)
        if turns_on:
            turns_on = state.trial.reads_otherwise_from
        self.known_by[state.trial_id] = KnownBy(state.fingerprint, state.content_hash, turns_on)

    def _is_unposted(self, state: Read) -> bool:
        """Whether a record is another although nothing new was posted of it.

        A status that moved from one known word to another is not counted: the registry itself turns many to
        UNKNOWN on the first of a month, and it is what we are here to tell.
        """
        before = self.held[state.trial_id]
        status = state.trial.overall_status
        moved = status != before.overall_status and UNRECOGNISED not in map(
            status_group, (status or "", before.overall_status or "")
        )
        return not moved and state.trial.last_update_posted_on == before.last_update_posted_on


def turns_unseen(earlier: Reading, turns_on: date | None, edited_on: date | None) -> list[StatusTurn]:
    """What the calendar turned a state to after we had seen it, from ``turns_on`` on, and before it was edited."""
    if edited_on is None or turns_on is None or edited_on <= turns_on:
        return []
    turns = earlier.on(edited_on - timedelta(days=1)).trial.status_turns
    return [turn for turn in turns if turn.turned_on >= turns_on]
