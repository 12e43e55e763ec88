"""Where a trial stands: ISRCTN writes no status, but dates, and sometimes a word that overrides them. Pure.

The rule agreed with the registry's own form for WHO in 100 of 100 trials: a start that is still to come,
an end that has passed, else recruiting, the bounds included. That the whole trial has ended only its overall end
tells. So a status may change without an edit.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from connectors.dates import day
from connectors.isrctn.record import Record
from connectors.spelling import compared
from connectors.trial import StatusTurn

PLANNED, RECRUITING, NO_LONGER, COMPLETED = "Not yet recruiting", "Recruiting", "No longer recruiting", "Completed"
OVERRIDES = (
    *(("trialDesign", "overallStatusOverride"), ("trialDescription", "overallStatusOverride")),
    *(("participants", "overallStatusOverride"), ("participants", "recruitmentStatusOverride")),
    ("participants", "recruitmentStartStatusOverride"),
)
"""Where a word may stand that overrides the dates, the widest first."""
WHY = (
    ("trialDesign", "reasonAbandoned"),
    ("participants", "reasonAbandoned"),
    ("trialDescription", "reasonAbandoned"),
)


@dataclass(frozen=True, slots=True)
class Course:
    """``start`` and ``end`` of recruitment, the ``overall_end``, and the word that overrides all of them."""

    start: date | None
    end: date | None
    overall_end: date | None
    override: str | None

    def status(self, today: date) -> str | None:
        """None where there is neither a date nor a word."""
        if self.override or not (self.start or self.end or self.overall_end):
            return self.override
        if self.start and today < self.start:
            return PLANNED
        if self.overall_end and self.overall_end < today:
            return COMPLETED
        return NO_LONGER if self.end and self.end < today else RECRUITING

    @property
    def basis(self) -> str | None:
        """What the status follows from, in words; None where it stands in the record."""
        named = {"recruitment from": self.start, "recruitment to": self.end, "overall end": self.overall_end}
        told = [f"{name} {on}" for name, on in named.items() if on]
        return None if self.override or not told else f"derived from {', '.join(told)}"

    def turns_on(self, today: date) -> date | None:
        """The next day on which the status will be another, if the record stays as it is."""
        present = self.status(today)
        return next((on for on in self._days if on > today and self.status(on) != present), None)

    def turns(self, edited_on: date | None, today: date) -> list[StatusTurn]:
        """The statuses since the last edit, each from its day on, if it has turned since."""
        if edited_on is None:
            return []
        told = [StatusTurn(edited_on, self.status(edited_on))]
        for on in self._days:
            if edited_on < on <= today and self.status(on) != told[-1].overall_status:
                told.append(StatusTurn(on, self.status(on)))
        return told if len(told) > 1 else []

    @property
    def _days(self) -> list[date]:
        """The days on which it may turn."""
        turns = (self.start, *map(_the_day_after, (self.end, self.overall_end)))
        return sorted(on for on in turns if on)


def course(trial: Record) -> Course:
    return Course(
        _day_at(trial, "participants", "recruitmentStart"),
        _day_at(trial, "participants", "recruitmentEnd"),
        _day_at(trial, "trialDesign", "overallEndDate"),
        first_at(trial, OVERRIDES),
    )


def first_at(trial: Record, places: tuple[tuple[str, str], ...]) -> str | None:
    """The first of some places at which there is a text, spelt as it is compared."""
    return next((found for module, key in places if (found := text_at(trial, module, key))), None)


def text_at(trial: Record, module: str, key: str) -> str | None:
    """The text at a place, spelt as codes and dates are; of anything else nothing."""
    part = trial.get(module)
    found = part.get(key) if isinstance(part, dict) else None
    return (compared(found) or None) if isinstance(found, str) else None


def date_at(trial: Record, module: str, key: str) -> str | None:
    """A written date without its time of day, which the registry writes and does not mean."""
    found = text_at(trial, module, key)
    return found if found is None or day(found) or not day(found[:10]) else found[:10]


def _day_at(trial: Record, module: str, key: str) -> date | None:
    return day(date_at(trial, module, key))


def _the_day_after(last: date | None) -> date | None:
    return last + timedelta(days=1) if last and last < date.max else None
