"""The watchdog: is the last complete night too old? The operator is mailed when it is.

It needs neither Prefect, nor the store, nor a registry, nor a valid trialwatch.toml: it is there for the day on
which one of those is what broke. Run it from another scheduler than the nights (docs/operating.md).
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.errors import MailError
from connectors.files import write_whole
from flows.delivery import hand_over, mail_to_operator
from flows.endings import told
from flows.settings import Settings
from warehouse.errors import OperatorError
from warehouse.judge.trouble import command
from warehouse.publish import status
from warehouse.tell.digest import OperatorMail

TELL_WATCHDOG_AGAIN_AFTER = timedelta(hours=23)
"""The same trouble is told once a day, however often the watchdog looks."""


@dataclass(frozen=True, slots=True)
class Staleness:
    """Why the nights are stale and why mail does not go out, if so, and all that there is to say."""

    stale: str | None
    mail_trouble: str | None
    sentences: list[str]


def watch(settings: Settings, max_age_hours: float) -> Staleness:
    """Judge, and mail the operator where there is need. No sentence holds an address."""
    now = settings.now()
    facts, damage = _facts(settings)
    stale = damage or status.staleness(facts, now, max_age_hours)
    mail_trouble = (facts or {}).get("mail_trouble")
    standing = (stale or "the last complete nights are fresh enough", mail_trouble)
    said = [*filter(None, standing), *status.elsewhere_troubles(facts)]
    memory = settings.data_dir / "watchdog.json"
    if stale:
        said.append(_tell(settings, memory, stale, now))
    else:
        memory.unlink(missing_ok=True)
    return Staleness(stale, mail_trouble, said)


def _tell(settings: Settings, memory: Path, stale: str, now: datetime) -> str:
    """Mail the operator unless that was done within the day; returns what came of it."""
    if settings.operator is None:
        return "nobody was mailed: set TRIALWATCH_OPERATOR to who should hear of it"
    if _told_lately(memory, now):
        return "the operator was told within the day"
    try:
        hand_over(settings, _bark(settings, settings.operator, stale, now))
    except MailError as error:
        return f"the operator could not be mailed: {error}"
    write_whole(memory, json.dumps({"told_at": now.isoformat()}).encode())
    return "told the operator"


def _facts(settings: Settings) -> tuple[dict[str, Any] | None, str | None]:
    """What the last night left, or why that cannot be read."""
    try:
        return status.read(settings.status_file), None
    except (OSError, OperatorError) as error:  # that nothing can be told is a reason to bark, too
        return None, str(told(error))


def _bark(settings: Settings, operator: str, stale: str, now: datetime) -> OperatorMail:
    said = (
        stale,
        "Until then nobody is told of what changes. Nothing is lost: the first complete night catches up, "
        "with the registry's own dates.",
        "This shows the last nights and what they said:",
        command("trialwatch", "status"),
    )
    return mail_to_operator(settings, operator, f"watchdog {now:%Y-%m-%d}", ("the nights have stopped", said))


def _told_lately(memory: Path, now: datetime) -> bool:
    try:
        told_at = datetime.fromisoformat(json.loads(memory.read_bytes())["told_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return abs(now - told_at.astimezone(UTC)) < TELL_WATCHDOG_AGAIN_AFTER
