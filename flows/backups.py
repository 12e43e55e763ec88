"""Backing the store up, and restoring it: with what readers see made from it at once."""

from pathlib import Path

from flows import holders, steps
from flows.delivery import LONGEST_WAIT_S
from flows.run_ids import id_of_run
from flows.settings import Configuration, Settings
from flows.steps import RunContext
from flows.terminal.progress import silent
from warehouse.instants import naive_utc
from warehouse.store import backup
from warehouse.store.file import locked_within


def back_up(settings: Settings, to: Path) -> str:
    """Copy the store to a file; returns the sentence for it."""
    with locked_within(settings.store, holders.BACKUP, LONGEST_WAIT_S):
        backup.back_up(settings.store, to)
    return f"{to} holds the store, whole ({to.stat().st_size:,} bytes); keep it private: it names recipients"


def restore(settings: Settings, configuration: Configuration, source: Path) -> str:
    """Put a backup in place and publish what it holds; returns the sentence for it."""
    with locked_within(settings.store, holders.RESTORE, LONGEST_WAIT_S):
        now = settings.now()
        kept = backup.restore(settings.store, source, naive_utc(now))
        run_id = id_of_run(now, "restored")
        context = RunContext(settings, configuration, run_id, now, silent, command=holders.RESTORE)
        steps.publish_all(context, steps.is_all_complete(settings, configuration))
        steps.note_status(settings, configuration)
    before = f"; what was there before is kept in {kept}" if kept else ""
    return f"{source} is restored and published{before}"
