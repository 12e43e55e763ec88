"""Whether the last complete nights are too old, and the file that says so."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from warehouse.errors import DamagedError
from warehouse.publish.status import read, staleness, write

NOW = datetime(2026, 9, 14, 2, 30, tzinfo=UTC)


def facts(*last_complete_at: str | None) -> dict[str, Any]:
    return {
        "nights": [
            {"watch": f"w{number}", "registry_name": "clinicaltrials.gov", "last_complete_at": instant}
            for number, instant in enumerate(last_complete_at)
        ]
    }


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (None, "no night has been complete yet"),
        (facts(), "no night has been complete yet"),
        (facts("2026-09-14T02:00:00Z", None), "w1 on clinicaltrials.gov has never had a complete night"),
        (facts("2026-09-14T02:00:00Z", "2026-09-12T14:29:00Z"), "w1 on clinicaltrials.gov is 36 hours old"),
    ],
)
def test_it_is_stale_when_any_watch_is(known: dict[str, Any] | None, said: str) -> None:
    assert said in str(staleness(known, NOW, 36))


def test_it_is_not_stale_to_the_minute() -> None:
    assert staleness(facts("2026-09-12T14:30:00Z"), NOW, 36) is None


def test_the_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    write(path, facts(None))
    assert read(path) == facts(None)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"half {", b"[]"])
def test_a_damaged_file_is_told_and_none_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "status.json").write_bytes(content)
    with pytest.raises(DamagedError, match="`trialwatch run` writes it anew"):
        read(tmp_path / "status.json")
    assert read(tmp_path / "none.json") is None
