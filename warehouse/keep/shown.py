"""What a night shows: which trials were seen, which are new, and what their words say. Nothing is written."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from connectors.trial import Flag
from warehouse.judge import relevance
from warehouse.judge.changes import registry_date
from warehouse.judge.concepts import Concept, concepts_of
from warehouse.keep.afar import frames_without, read_afar
from warehouse.keep.certificate import Night
from warehouse.keep.comparison import Comparison
from warehouse.keep.holdings import Held, Record
from warehouse.keep.intake import Known, Read, Seen, Unreadable, as_held, read
from warehouse.keep.processes import MANY, New, Piece, Task, Unread, processors, read_apart
from warehouse.store.landed import Landed
from warehouse.store.load import Stage


@dataclass(slots=True)
class Shown:
    """What the registry showed tonight. ``new`` are trials that were never held.

    Who was held, or has inherited from one who was, is handed to the ``comparison``.
    """

    comparison: Comparison
    trial_ids: list[str] = field(default_factory=list)
    new: set[str] = field(default_factory=set)
    unreadable: list[Unreadable] = field(default_factory=list)
    first_posted_on: dict[str, date | None] = field(default_factory=dict)
    judgements: dict[str, relevance.Judgement] = field(default_factory=dict)
    concepts: dict[str, tuple[Concept, ...]] = field(default_factory=dict)
    flags: dict[str, tuple[Flag, ...]] = field(default_factory=dict)
    stamped: Counter[date] = field(default_factory=Counter)
    _judged: dict[relevance.Judgement, relevance.Judgement] = field(default_factory=dict)

    @property
    def held(self) -> Mapping[str, Held]:
        """The trials that we held before tonight."""
        return self.comparison.held

    def posted_on(self, trial_id: str) -> date | None:
        """When the registry first posted a trial, by tonight's record or else by the last."""
        if trial_id in self.first_posted_on:
            return self.first_posted_on[trial_id]
        return self.held[trial_id].first_posted_on if trial_id in self.held else None

    def look_through(self, night: Night, landed: Landed, stage: Stage, data_version_on: date | None) -> None:
        """Read every landed record once. New trials go straight to the stage: there may be 600,000 of them."""
        known = self._known(night.today)
        done = self._take_over(night.afar, landed, stage)
        workers = night.processes or (processors() if landed.count() - len(self.held) - len(done) >= MANY else 1)
        if workers > 1:
            held = frozenset({*self.held, *self.comparison.heirs})
            task = Task(night.reader, night.today, known, held, stage.of_all, data_version_on)
            pieces = read_apart(frames_without(landed.frames(), done), task, stage, workers)
            if pieces is not None and self._take_pieces(pieces, task, stage):
                return
            stage.clear()
        for state in read(frames_without(landed.frames(), done), night.reader, night.today, known, set(self.new)):
            self._show(state, stage, data_version_on)

    def _take_over(self, afar: Path | None, landed: Landed, stage: Stage) -> frozenset[str]:
        """Take what other machines have read of trials that nobody holds; the fingerprints of their records."""
        done: set[str] = set()
        if afar and not self.held and not self.comparison.heirs:
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

    def turn(self, night: Night, due: Iterable[Record]) -> None:
        """Read once more what the calendar turns and the registry did not show tonight."""
        for record in due:
            reading = night.reader.read(record.payload, night.today)
            state = as_held(reading, record.payload, self.held[record.trial_id].fingerprint or "")
            self._note_state(state)
            self.comparison.add(state)

    def _known(self, today: date) -> Known:
        return Known(
            self.held,
            {
                state.fingerprint: trial_id
                for trial_id, state in self.held.items()
                if state.fingerprint and not state.is_turned_by(today)
            },
        )

    def _take(self, state: Read, stage: Stage, data_version_on: date | None) -> None:
        if state.is_new:
            self._note_state(state)
        if self.comparison.concerns(state.trial_id):
            self.comparison.add(state)
        else:
            self.new.add(state.trial_id)
            stage.put(state, 1, registry_date("sponsor", state.trial.last_update_posted_on, data_version_on))

    def _note_state(self, state: Read) -> None:
        trial = state.trial
        judgement = relevance.judge(trial)
        concepts = concepts_of(trial, judgement)
        self._note(state.trial_id, trial.first_posted_on, judgement, tuple(state.reading.flags()), concepts)

    def _note(
        self,
        trial_id: str,
        first_posted_on: date | None,
        judgement: relevance.Judgement,
        flags: tuple[Flag, ...],
        concepts: tuple[Concept, ...],
    ) -> None:
        """Most judgements are the same, and are kept once; most trials have no concepts, and no flags."""
        if concepts:
            self.concepts[trial_id] = concepts
        self.flags[trial_id] = flags
        self.judgements[trial_id] = self._judged.setdefault(judgement, judgement)
        self.first_posted_on[trial_id] = first_posted_on
