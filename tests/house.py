"""A house to run nights in: the real thing, in a folder of its own, beside a registry that behaves."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.nightly import Report, night
from flows.settings import Settings, configuration, from_environment
from flows.terminal.progress import silent
from warehouse.judge.checks import Acceptance
from warehouse.publish import questions
from warehouse.publish.analysts_file import FILE

Typed = Callable[..., tuple[int, str, str]]
"""A command as it is typed: its words in; exit code, standard output and standard error out."""

FIRST_NIGHT = datetime(2026, 9, 12, 2, 30, tzinfo=UTC)

WATCH = """
[watch.ketamine-sud]
interventions = ["ketamine", "esketamine", "CI-581a"]
conditions = ["alcohol use disorder", "cannabis use disorder", "cocaine dependence", "opioid use disorder"]

[[subscription]]
name = "team"
watch = "ketamine-sud"
to = ["team@example.org"]
"""


@dataclass
class House:
    """A trialwatch of one's own: settings, a data directory, and a clock that moves a day a night."""

    folder: Path
    registry_url: str
    environment: dict[str, str] = field(default_factory=dict)
    now: datetime = FIRST_NIGHT

    def configure(self, text: str) -> None:
        (self.folder / "trialwatch.toml").write_text(text, "utf-8")

    def move_in(self, other: "House") -> None:
        """Go on from where another house stands: with all that it has, at its hour."""
        shutil.copytree(other.folder, self.folder, symlinks=True, dirs_exist_ok=True)
        self.now = other.now

    @property
    def variables(self) -> dict[str, str]:
        """The environment of a command that is typed in this house."""
        return {
            "TRIALWATCH_DATA_DIR": str(self.folder / "data"),
            "TRIALWATCH_CONFIG": str(self.folder / "trialwatch.toml"),
            "TRIALWATCH_CTGOV_URL": self.registry_url,
            "TRIALWATCH_REQUESTS_PER_SECOND": "100000",
            "TRIALWATCH_RETRY_SECONDS": "0",
            "TRIALWATCH_NOW": self.now.isoformat(),
            **self.environment,
        }

    @property
    def settings(self) -> Settings:
        return from_environment(self.variables)

    def night(self, watch: str | None = None, accepted: Acceptance | None = None) -> Report:
        """Run one night at the present hour, then let a day pass. ``accepted`` is a check that may fail."""
        settings = self.settings
        configured = configuration(settings.config)
        report = night(settings, configured, configured.chosen(watch), silent, None, accepted)
        self.now += timedelta(days=1)
        return report

    def ask(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Ask the published file, as an analyst would."""
        with questions.published(self.settings.published / FILE) as con:
            return questions.ask(con, sql, values).documents()

    def changes(self, *columns: str) -> list[tuple[Any, ...]]:
        """Every change there is, oldest night first; the given columns only."""
        rows = self.ask("SELECT * FROM changes ORDER BY observed_at, trial_id, kind, field")
        return [tuple(row[column] for column in columns or ("trial_id", "kind")) for row in rows]

    def mails(self) -> list[Path]:
        """What has been put into the outbox, in the order of its names."""
        return sorted(self.settings.outbox.glob("*.eml"))
