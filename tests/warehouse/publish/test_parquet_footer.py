"""The footer of a Parquet file: new metadata over the same columns, and no copy of any but the file noted."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.publish.parquet_footer import with_new_metadata
from warehouse.store.literal import literal

METADATA = {"registry": "clinicaltrials.gov", "run_id": "20260912T023000Z-abcdef", "notice": "not medical advice"}
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=300)


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def written(path: Path, metadata: dict[str, str]) -> str:
    said = ", ".join(f"{key}: {literal(value)}" for key, value in metadata.items())
    duckdb.execute(
        f"COPY (SELECT range AS number, 'text ' || range AS text FROM range(3000)) TO {literal(path)} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 2048, KV_METADATA {{{said}}})"
    )
    return digest(path)


def told(path: Path) -> dict[str, str]:
    said = duckdb.execute("SELECT key, value FROM parquet_kv_metadata(?)", [str(path)]).fetchall()
    return {key.decode(): value.decode() for key, value in said}


@given(before=TEXTS, now=TEXTS, long=st.sampled_from([0, 1, 200, 20_000]))
def test_any_metadata_stand_in_the_place_of_any_other(
    tmp_path_factory: pytest.TempPathFactory, before: str, now: str, long: int
) -> None:
    folder = tmp_path_factory.mktemp("parquet")
    path, to = folder / "before", folder / "now"
    metadata, others = {**METADATA, "data_version": before}, {**METADATA, "data_version": now + "x" * long}
    assert with_new_metadata(path, to, written(path, metadata), metadata, others) == digest(to)
    assert told(to) == others
    columns = duckdb.execute("SELECT count(*), sum(number), count(DISTINCT text) FROM read_parquet(?)", [str(to)])
    assert columns.fetchall() == [(3000, 4498500, 3000)]
    back = folder / "back"
    with_new_metadata(to, back, digest(to), others, metadata)
    assert back.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"PAR1"),
        lambda path: path.write_bytes(path.read_bytes()[:-20]),
        lambda path: path.write_bytes(b"PAR1" + b"\xff" * 8 + b"PAR1"),
        lambda path: path.write_bytes(path.read_bytes()[:100] + b"!" + path.read_bytes()[101:]),
        lambda path: written(path, {**METADATA, "run_id": "another"}),
    ],
    ids=["gone", "empty", "its beginning", "cut short", "no such length", "another byte", "other metadata"],
)
def test_another_file_is_not_copied(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    path, to = tmp_path / "before", tmp_path / "now"
    noted = written(path, METADATA)
    spoil(path)
    assert with_new_metadata(path, to, noted, METADATA, {}) is None
    assert not to.exists()


def test_metadata_that_are_not_there_are_not_replaced(tmp_path: Path) -> None:
    path, to = tmp_path / "before", tmp_path / "now"
    noted = written(path, METADATA)
    assert with_new_metadata(path, to, noted, {"run_id": "another"}, {"run_id": "tonight"}) is None
    assert not to.exists()
