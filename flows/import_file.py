"""A file that a person brings: kept under every watch that lists its registry, and told, as a night is.

What is not in the file is not known to be anywhere else: so nothing is gone by it, and no watch is too small.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from connectors import ictrp
from connectors.ictrp.export import Export, looked_at
from connectors.registry import Progress
from flows import holders
from flows.endings import Code
from flows.nightly import Report, Steps, night
from flows.registries import reader_of
from flows.settings import Configuration, Settings, SettingsError
from flows.steps import Brought, RunContext, asked
from warehouse.judge.watch import Watch
from warehouse.keep.certificate import last_complete
from warehouse.keep.intake import marking
from warehouse.store.file import opened
from warehouse.store.landed import Landing

NAME = ictrp.NAME


def bring(settings: Settings, configuration: Configuration, file: Path, progress: Progress) -> Report:
    """Read the file, keep what of it is asked for, publish and deliver.

    Raises ``ExportError`` for a file that is no export, ``SettingsError`` where no watch would take any of it, and
    what ``night`` raises; then nothing is changed.
    """
    watches = tuple(replace(each, min_trials=None) for each in configuration.watches if NAME in each.registries)
    if not watches:
        raise SettingsError(
            f'no watch lists {NAME}: write registries = ["clinicaltrials.gov", "{NAME}"] into those of '
            f"{settings.config} that are to take trials from a file"
        )
    export = looked_at(file)
    told: list[str] = []
    do = Steps(collect=partial(_collect, export, told), pairs=_pairs, command=holders.IMPORT)
    report = night(settings, configuration, watches, progress, do)
    for sentence in told:
        report.ending.note(Code.DONE, sentence)
    return report


def _pairs(watches: Iterable[Watch]) -> list[tuple[Watch, str]]:
    return [(watch, NAME) for watch in watches]


def _collect(export: Export, told: list[str], context: RunContext, watch: Watch, registry_name: str) -> Brought:
    """Land what of the file the watch asks for; ``told`` takes what is to be said of the rest."""
    path = context.landed_at(watch, registry_name)
    with opened(context.settings.store) as con:
        last = last_complete(con, watch.name, registry_name)
        question = asked(con, context, watch, registry_name, (), last)
    with Landing(path, marking(reader_of(registry_name))) as landing:
        taken = ictrp.take(export, question, landing, context.progress)
        landing.finish(taken.collected)
    told += [f"{watch.name}: {sentence}" for sentence in taken.sentences()]
    return Brought(landed=path)
