"""The whole store read again: every record that is held, by today's code, and what readers see made from it.

No registry is asked, nobody is told, and no run of a watch is noted: how fresh the data are does not change by it.
"""

import secrets
from dataclasses import dataclass, field

from connectors.registry import Progress
from flows import holders, steps
from flows.delivery import LONGEST_WAIT_S
from flows.endings import Code, Ending
from flows.nightly import publish
from flows.registries import FROM_FILES, SERVED
from flows.run_ids import id_of_run
from flows.settings import Configuration, Settings
from flows.steps import RunContext
from flows.terminal.progress import stage
from warehouse.errors import NothingStoredError
from warehouse.judge.watch import Watch
from warehouse.keep import rebuild as keeping
from warehouse.keep.rebuild import Rebuilt, registries_held
from warehouse.keep.results_again import read_again
from warehouse.store.file import FILE, opened
from warehouse.words.phrases import counted_noun

NO_WATCH = Watch("", ())
"""What is read again was asked for by nobody tonight."""
MOST_NAMED = 20
"""Records that cannot be read any more and are named one by one."""


@dataclass(slots=True)
class Report:
    """What a rebuild came to, by registry."""

    run_id: str
    ending: Ending = field(default_factory=Ending)
    rebuilt: dict[str, Rebuilt] = field(default_factory=dict)


def rebuild(settings: Settings, configuration: Configuration, progress: Progress) -> Report:
    """Read all that the store holds once more, and publish what is stored then.

    Raises ``StoreHeldError`` as a night does, ``StoreGoneError``, and ``NothingStoredError`` where no night was.
    """
    now = settings.now()
    report = Report(id_of_run(now, "rebuilt", secrets.token_hex(3)))
    context = RunContext(settings, configuration, report.run_id, now, progress, command=holders.REBUILD)
    _must_hold_something(settings)
    with (
        steps.store_held(settings, holders.REBUILD, LONGEST_WAIT_S, only_for=holders.WAITED_FOR),
        steps.stock_taken(settings, configuration, forgets=False) as stock,
    ):
        for registry_name in _registries(settings):
            stage(progress, f"reading {registry_name} again")
            night = context.night(NO_WATCH, registry_name)
            with opened(settings.store) as con:
                rebuilt = report.rebuilt[registry_name] = keeping.rebuild(con, night, progress)
                if reader := SERVED[registry_name].results if registry_name in SERVED else None:
                    stage(progress, f"reading posted results of {registry_name} again")
                    read_again(con, night, reader, rebuilt)
            _tell(registry_name, rebuilt, report.ending)
        publish(context, stock, report.ending, is_complete=steps.is_all_complete(settings, configuration))
        steps.note_status(settings, configuration, stock)
    return report


def _must_hold_something(settings: Settings) -> None:
    store = settings.store / FILE
    if not store.exists() and not steps.gone(settings):
        raise NothingStoredError(f"there is no store in {settings.store} yet: run `trialwatch run` first")


def _registries(settings: Settings) -> list[str]:
    """Those of which trials are held, in the order in which they are served."""
    with opened(settings.store) as con:
        held = registries_held(con)
    return [name for name in (*SERVED, *FROM_FILES) if name in held]


def _tell(registry_name: str, rebuilt: Rebuilt, ending: Ending) -> None:
    for each in rebuilt.unread[:MOST_NAMED]:
        said = f"{each.trial_id}, version {each.version_number}: cannot be read any more ({each.reason})"
        ending.note(Code.DONE, f"{said}; what is stored of it stays")
    if (more := len(rebuilt.unread) - MOST_NAMED) > 0:
        ending.note(Code.DONE, f"{counted_noun(more, 'more record')} of {registry_name} cannot be read any more")
    ending.note(Code.DONE, f"{registry_name}: {_sentence(rebuilt)}")


def _sentence(rebuilt: Rebuilt) -> str:
    results = f", {rebuilt.results:,} of posted results" if rebuilt.results else ""
    read = (
        f"{counted_noun(rebuilt.records, 'record')} of {counted_noun(rebuilt.trials, 'trial')}{results} read again"
    )
    if not (rebuilt.restated or rebuilt.changes):
        return f"{read}; all of it as it was"
    versions, changes = (counted_noun(rebuilt.restated, "version"), counted_noun(rebuilt.changes, "change"))
    return f"{read}; {versions} now said otherwise; {changes} recorded, told to nobody"


def facts(report: Report) -> dict[str, object]:
    """What it came to, as one document."""
    return {
        "run_id": report.run_id,
        "exit_code": int(report.ending.code),
        "sentences": report.ending.sentences,
        "registries": [
            {
                "registry_name": name,
                "trials": each.trials,
                "records": each.records,
                "results": each.results,
                "versions_otherwise": each.restated,
                "changes": each.changes,
                "unreadable": len(each.unread),
            }
            for name, each in report.rebuilt.items()
        ],
    }
