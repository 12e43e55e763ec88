"""What a night shows: which trials were seen, which are in another state, by what cause. Nothing is written."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from connectors.spelling import OneSpelling
from connectors.statuses import UNRECOGNISED, status_group
from connectors.trial import Flag, Reading, StatusTurn
from warehouse.judge import relevance
from warehouse.judge.changes import Finding, cause_of, differences, differences_apart, registry_date
from warehouse.judge.concepts import Concept, concepts_of
from warehouse.keep.afar import read_afar, without
from warehouse.keep.certificate import Night
from warehouse.keep.former import Heir
from warehouse.keep.holdings import Held
from warehouse.keep.intake import Known, Read, Seen, Unreadable, as_held, read
from warehouse.keep.many import MANY, New, Piece, Task, Unread, processors, read_apart
from warehouse.store.landed import Landed
from warehouse.store.load import KnownBy, Stage


@dataclass(slots=True)
class Shown:
    """What the registry showed tonight. ``changed`` are trials in another state, ``new`` those never held.

    ``known_by`` are those whose bytes are others, or read otherwise, and whose state is not another.
    ``causes`` says of the changed ones whose doing that is: the sponsor's, the registry's, or the calendar's.
    ``look_beside`` is told of each trial that is seen in other bytes and in the same state, with its version.
    ``unposted`` counts those that changed although nothing new was posted of them.
    """

    held: Mapping[str, Held]
    heirs: Mapping[str, Heir] = field(default_factory=dict)
    look_beside: Callable[[Read, int], None] | None = None
    trial_ids: list[str] = field(default_factory=list)
    changed: list[Read] = field(default_factory=list)
    new: set[str] = field(default_factory=set)
    unreadable: list[Unreadable] = field(default_factory=list)
    first_posted_on: dict[str, date | None] = field(default_factory=dict)
    judgements: dict[str, relevance.Judgement] = field(default_factory=dict)
    concepts: dict[str, tuple[Concept, ...]] = field(default_factory=dict)
    flags: dict[str, list[Flag]] = field(default_factory=dict)
    stamped: Counter[date] = field(default_factory=Counter)
    known_by: dict[str, KnownBy] = field(default_factory=dict)
    causes: dict[str, str] = field(default_factory=dict)
    unposted: int = 0
    _judged: dict[relevance.Judgement, relevance.Judgement] = field(default_factory=dict)

    def look_through(self, night: Night, landed: Landed, stage: Stage, data_version_on: date | None) -> None:
        """Read every landed record once. New trials go straight to the stage: there may be 600,000 of them."""
        known = self._known(night.today)
        done = self._take_over(night.afar, landed, stage)
        workers = night.processes or (processors() if landed.count() - len(self.held) - len(done) >= MANY else 1)
        if workers > 1:
            ours = frozenset({*self.held, *self.heirs})
            task = Task(night.reader, night.today, known, ours, stage.of_all, data_version_on)
            pieces = read_apart(without(landed.frames(), done), task, stage, workers)
            if pieces is not None and self._take_pieces(pieces, task, stage):
                return
            stage.clear()
        for state in read(without(landed.frames(), done), night.reader, night.today, known, set(self.new)):
            self._show(state, stage, data_version_on)

    def _take_over(self, afar: Path | None, landed: Landed, stage: Stage) -> frozenset[str]:
        """Take what other machines have read of trials that nobody holds; the fingerprints of their records."""
        done: set[str] = set()
        if afar and not self.held and not self.heirs:
            for piece in read_afar(afar, landed, stage):
                for each in piece.found:
                    if isinstance(each, New):
                        self._take_new(each)
                        done.add(each.fingerprint)
                if piece.columns:
                    stage.take(piece.columns, piece.count)
        return frozenset(done)

    def _take_pieces(self, pieces: list[Piece], task: Task, stage: Stage) -> bool:
        """Take what other processes read. False, and nothing is taken, where two of them read one trial."""
        found = [each for piece in pieces for each in piece.found]
        told = [each.trial_id for each in found if not isinstance(each, Unreadable)]
        if len(told) != len(set(told)) or not self.new.isdisjoint(told):
            return False
        for each in found:
            if isinstance(each, New):
                self._take_new(each)
            elif isinstance(each, Unread):
                for state in read([each], task.reader, task.today, task.known):
                    self._show(state, stage, task.data_version_on)
            else:
                self._show(each, stage, task.data_version_on)
        for piece in pieces:
            if piece.columns:
                stage.take(piece.columns, piece.count)
        return True

    def _show(self, state: Read | Seen | Unreadable, stage: Stage, data_version_on: date | None) -> None:
        if isinstance(state, Unreadable):
            self.unreadable.append(state)
            return
        self._see(state)
        if isinstance(state, Read):
            self._take(state, stage, data_version_on)

    def _see(self, state: Read | Seen | New) -> None:
        self.trial_ids.append(state.trial_id)
        if state.stamped_on:
            self.stamped[state.stamped_on] += 1

    def _take_new(self, new: New) -> None:
        """What another process read and staged of a trial that was never held."""
        self._see(new)
        self.new.add(new.trial_id)
        self._note(new.trial_id, new.first_posted_on, new.judgement, new.flags, new.concepts)

    def turn(self, night: Night, due: Mapping[str, bytes]) -> None:
        """Read once more what the calendar turns and the registry did not show tonight."""
        for trial_id in due.keys() - set(self.trial_ids):
            before = self.held[trial_id]
            state = as_held(night.reader.read(due[trial_id], night.today), due[trial_id], before.fingerprint or "")
            self._note_state(state)
            self.changed.append(state)
            self.unposted += self._changed_unposted(state)

    def forerunner(self, state: Read) -> str:
        """The number under which we held the trial: its own, but for an heir."""
        return self.heirs[state.trial_id].forerunner if state.trial_id in self.heirs else state.trial_id

    @property
    def forerunners(self) -> Iterable[str]:
        return map(self.forerunner, self.changed)

    def set_apart_what_is_as_it_was(self, earlier: Mapping[str, Reading]) -> None:
        """Take from the changed trials those whose record is as it was: only another version of us read it."""
        changed, self.changed = self.changed, []
        for state in changed:
            before = earlier.get(state.trial_id)
            if before is None or before.content_hash != state.content_hash:
                self.changed.append(state)
            else:
                self.unposted -= self._changed_unposted(state)
                self._keep_known(state)

    def differences(self, state: Read, earlier: Mapping[str, Reading], today: date) -> list[Finding]:
        """What a changed trial changed in since its last state; an heir since the last state of its forerunner."""
        alike = OneSpelling()
        forerunner = self.forerunner(state)
        before, after = earlier[forerunner].counted(alike), state.reading.counted(alike)
        by_calendar = state.fingerprint == self.held[forerunner].fingerprint
        cause = self.causes[state.trial_id] = "calendar" if by_calendar else cause_of(before, after)
        if by_calendar or not self.held[forerunner].is_turned_by(today):
            return differences(before, after, cause)
        return differences_apart(before, earlier[forerunner].on(today).counted(alike), after)

    def turns_unseen(self, state: Read, earlier: Mapping[str, Reading]) -> list[StatusTurn]:
        """What the calendar turned the last state to since we saw it, before the edit that tonight's state is."""
        forerunner, edited_on = self.forerunner(state), state.trial.last_update_posted_on
        turns_on = self.held[forerunner].reads_otherwise_from
        if edited_on is None or turns_on is None or edited_on <= turns_on:
            return []
        last = earlier[forerunner].on(edited_on - timedelta(days=1)).trial
        return [turn for turn in last.status_turns if turn.turned_on >= turns_on]

    def _known(self, today: date) -> Known:
        return Known(
            {trial_id: state.content_hash for trial_id, state in self.held.items()},
            {
                state.fingerprint: trial_id
                for trial_id, state in self.held.items()
                if state.fingerprint and not state.is_turned_by(today)
            },
        )

    def _take(self, state: Read, stage: Stage, data_version_on: date | None) -> None:
        trial_id = state.trial_id
        if not state.is_new:
            self._keep_known(state)
            return
        self._note_state(state)
        if trial_id in self.held:
            self.changed.append(state)
            self.unposted += self._changed_unposted(state)
        elif trial_id in self.heirs:
            self.changed.append(state)
        else:
            self.new.add(trial_id)
            stage.put(state, 1, registry_date("sponsor", state.trial.last_update_posted_on, data_version_on))

    def _note_state(self, state: Read) -> None:
        trial = state.trial
        judgement = relevance.judge(trial)
        concepts = concepts_of(trial, judgement)
        self._note(state.trial_id, trial.first_posted_on, judgement, state.reading.flags(), concepts)

    def _note(
        self,
        trial_id: str,
        first_posted_on: date | None,
        judgement: relevance.Judgement,
        flags: list[Flag],
        concepts: tuple[Concept, ...],
    ) -> None:
        """Most judgements are the same, and are kept once; most trials have no concepts."""
        if concepts:
            self.concepts[trial_id] = concepts
        self.flags[trial_id] = flags
        self.judgements[trial_id] = self._judged.setdefault(judgement, judgement)
        self.first_posted_on[trial_id] = first_posted_on

    def _keep_known(self, state: Read) -> None:
        before = self.held[state.trial_id]
        turns_on = before.reads_otherwise_from
        if self.look_beside:
            self.look_beside(state, before.version_number)
        if turns_on:
            turns_on = state.trial.reads_otherwise_from
        self.known_by[state.trial_id] = KnownBy(state.fingerprint, state.content_hash, turns_on)

    def _changed_unposted(self, state: Read) -> bool:
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
