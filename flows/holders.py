"""The commands that hold the store, in the words that whoever waits for them, or gives way to them, reads."""

RUN = "trialwatch run"
BACKFILL = "trialwatch backfill"
IMPORT = "trialwatch import"
DELIVER = "trialwatch deliver"
PREVIEW = "trialwatch preview"
BACKUP = "trialwatch backup"
RESTORE = "trialwatch restore"
DOCTOR = "trialwatch doctor"
REBUILD = "trialwatch rebuild"

WAITED_FOR = (DELIVER, PREVIEW, BACKUP, RESTORE, DOCTOR, IMPORT, BACKFILL, REBUILD)
"""Whom a night waits for. Another night it leaves to its work: two on one day find the same."""
