"""The watchdog: is the last complete night too old? The operator is mailed when it is.

It needs neither Prefect, nor the store, nor a registry, nor a valid trialwatch.toml: it is there for the day on
which one of those is what broke. Run it from another scheduler than the nights (docs/operating.md).
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors.errors import MailError
from flows.delivery import hand_over, notice
from flows.endings import told
from flows.settings import Settings
from warehouse import standing
from warehouse.digest import Notice
from warehouse.errors import OperatorError
from warehouse.files import write_whole
from warehouse.trouble import command

AGAIN_AFTER = timedelta(hours=23)
"""The same trouble is told once a day, however often the watchdog looks."""


def watch(settings: Settings, max_age_hours: float) -> tuple[bool, list[str]]:
    """Whether the nights are stale, and what there is to say of it."""
    now = settings.now()
    stale = _stale(settings, now, max_age_hours)
    memory = settings.data_dir / "watchdog.json"
    if stale is None:
        memory.unlink(missing_ok=True)
        return False, ["the last complete nights are fresh enough"]
    if settings.operator is None:
        return True, [stale, "nobody was mailed: set TRIALWATCH_OPERATOR to who should hear of it"]
    if _told_lately(memory, now):
        return True, [stale, f"{settings.operator} was told within the day"]
    try:
        hand_over(settings, _bark(settings, settings.operator, stale, now))
    except MailError as error:
        return True, [stale, f"the operator could not be mailed: {error}"]
    write_whole(memory, json.dumps({"told_at": now.isoformat()}).encode())
    return True, [stale, f"told {settings.operator}"]


def _stale(settings: Settings, now: datetime, max_age_hours: float) -> str | None:
    try:
        facts = standing.read(settings.status_file)
    except (OSError, OperatorError) as error:  # that nothing can be told is a reason to bark, too
        return str(told(error))
    return standing.staleness(facts, now, max_age_hours)


def _bark(settings: Settings, operator: str, stale: str, now: datetime) -> Notice:
    said = (
        stale,
        "Until then nobody is told of what changes. Nothing is lost: the first complete night catches up, "
        "with the registry's own dates.",
        "This shows the last nights and what they said:",
        command("trialwatch", "status"),
    )
    return notice(settings, operator, f"watchdog {now:%Y-%m-%d}", ("the nights have stopped", said))


def _told_lately(memory: Path, now: datetime) -> bool:
    try:
        told_at = datetime.fromisoformat(json.loads(memory.read_bytes())["told_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return abs(now - told_at.astimezone(UTC)) < AGAIN_AFTER
