"""``trialwatch doctor``: all that would keep a night from succeeding, and what to do about each.

Every check is a function from the case to findings; none depends on what another found. It never opens the store
for writing and never sends mail.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from connectors.registry import Progress
from flows.doctor import disk, extras, mail, registries, schedule, store
from flows.doctor.case import Case, taken_in
from flows.doctor.finding import GIVE_RIGHTS, Diagnosis, of_error, well
from flows.endings import Code, Ending, told
from flows.without_secrets import without_secrets
from warehouse.errors import DiskError
from warehouse.words.phrases import counted_noun

log = logging.getLogger("trialwatch")

Check = Callable[[Case], Iterator[Diagnosis]]
CHECKS: tuple[Check, ...] = (
    disk.folders,
    disk.room,
    store.store,
    extras.extras,
    registries.registries,
    mail.mail,
    mail.subscriptions,
    mail.channels,
    schedule.prefect,
    schedule.nights,
)


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found, in the order in which it was looked for."""

    findings: list[Diagnosis]

    @property
    def code(self) -> Code:
        """What a night would end with, the gravest first; warnings fail none."""
        ending = Ending()
        for each in self.findings:
            if each.level == "failure":
                ending.note(each.code, each.sentence)
        return ending.code

    @property
    def sentence(self) -> str:
        if self.code is not Code.DONE:
            return f"a night would not succeed as it is: exit {int(self.code)}"
        doubts = sum(each.level == "warning" for each in self.findings)
        return "a night would succeed" + (f"; {counted_noun(doubts, 'warning')}" if doubts else "")

    def document(self) -> dict[str, Any]:
        """The same as one JSON document."""
        listed = [
            {name: value for name, value in asdict(each).items() if name != "code"} for each in self.findings
        ]
        return {"would_succeed": self.code is Code.DONE, "exit_code": int(self.code), "findings": listed}


def examine(environment: Mapping[str, str] | None, progress: Progress) -> Examined:
    """Look at everything, whatever is wrong with one thing."""
    case = taken_in(environment, progress)
    found = case.found
    if not found:
        found = [well("configuration", f"{case.settings.config}: {_counted(case)}")]
    found = [*found, *(each for check in CHECKS for each in _findings(check, case))]
    return Examined([replace(each, sentence=without_secrets(each.sentence)) for each in found])


def _counted(case: Case) -> str:
    told = case.configuration
    return f"watches: {len(told.watches)}, subscriptions: {len(told.subscriptions)}"


def _findings(check: Check, case: Case) -> Iterator[Diagnosis]:
    try:
        yield from check(case)
    except Exception as error:
        if isinstance(told(error), DiskError):
            yield of_error(check.__name__, error, GIVE_RIGHTS)
            return
        log.exception("a check of the doctor's failed")
        yield of_error(check.__name__, error, "tell the makers of trialwatch, with what the log says")
