"""A store filled by hand and published, for what no night in a test could bring about: history, odd dates."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.publish.analysts_file import FILE, publish
from warehouse.store import models
from warehouse.store.file import opened
from warehouse.store.tables import insert

NOW = datetime(2026, 9, 12, 2, 30)  # noqa: DTZ001 - as stored: UTC without a zone


@dataclass
class Shelf:
    """Rows to be stored, with what a test does not care about filled in."""

    folder: Path
    now: datetime = NOW
    rows: dict[Any, list[dict[str, Any]]] = field(default_factory=dict)
    published: bool = False

    def put(self, table: Any, **row: Any) -> None:
        self.rows.setdefault(table, []).append(row)

    def trial(self, trial_id: str, *, registry_name: str = "clinicaltrials.gov", **version: Any) -> None:
        """A trial of one version, seen tonight."""
        self.put(
            models.Trial,
            trial_id=trial_id,
            registry_name=registry_name,
            version_number=1,
            first_seen_at=version.get("observed_at", self.now),
            last_seen_at=self.now,
        )
        self.version(trial_id, 1, **version)

    def version(self, trial_id: str, version_number: int, *, source: str = "nightly", **version: Any) -> None:
        """A version; a nightly one becomes the trial's present. It ends as it completes, or primarily."""
        which = "completion_date" if version.get("completion_date_latest") else "primary_completion_date"
        end = {"date": version.get(which), "date_type": version.get(f"{which}_type")}
        end["on"] = version.get(f"{which}_latest")
        if source == "nightly":
            for trial in self.rows[models.Trial]:
                if trial["trial_id"] == trial_id:
                    trial["version_number"] = version_number
        self.put(
            models.TrialVersion,
            **{
                "trial_id": trial_id,
                "version_number": version_number,
                "registry_date": date(2026, 9, 1),
                "registry_date_basis": "posted",
                "observed_at": self.now,
                "source": source,
                "content_hash": f"{trial_id}-{version_number}",
                "run_id": "r",
                "overall_status": "RECRUITING",
                **{f"expected_end_{part}": value for part, value in end.items()},
                **version,
            },
        )

    def identifier(self, trial_id: str, identifier: str, **more: Any) -> None:
        self.put(
            models.TrialIdentifier,
            **{
                "trial_id": trial_id,
                "item_key": identifier,
                "position": 1,
                "identifier": identifier,
                "identifier_type": "REGISTRY",
                "is_alias": False,
                **more,
            },
        )

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the published file; it is published at the first question."""
        with self.open() as con:
            return con.execute(sql, list(values)).fetchall()

    @contextmanager
    def open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if not self.published:
            (self.folder / "store").mkdir(parents=True, exist_ok=True)
            with opened(self.folder / "store") as con:
                for table, rows in self.rows.items():
                    insert(con, models.name_of(table), rows, self.folder / "work")
                publish(con, self.folder / "published", now=self.now, run_id="r", is_complete=True)
            self.published = True
        with duckdb.connect(str(self.folder / "published" / FILE), read_only=True) as con:
            yield con
