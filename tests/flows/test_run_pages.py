"""What Prefect's pages call a night."""

from pathlib import Path

import pytest

from flows.nightly import Report
from flows.settings import from_environment
from flows.with_prefect.run_pages import name
from warehouse.keep.certificate import Certificate


@pytest.mark.parametrize(
    ("outcome", "version", "told"),
    [
        ("complete", "2026-09-11T09:00:04", "w · isrctn of 2026-09-11T09:00:04"),
        ("complete", None, "w · isrctn read 2026-09-12"),
        ("incomplete", None, "w · isrctn unread"),
    ],
)
def test_a_night_is_called_by_how_old_its_data_are(
    tmp_path: Path, outcome: str, version: str | None, told: str
) -> None:
    settings = from_environment({"TRIALWATCH_DATA_DIR": str(tmp_path)})
    certificate = Certificate(outcome, "", data_version_after=version)
    assert name(Report("20260912T023000Z-abcdef", settings, certificates=[("w", "isrctn", certificate)])) == told
    assert name(Report("20260912T023000Z-abcdef", settings)) == "no watch"
