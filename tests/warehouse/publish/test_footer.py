"""The footer of a Parquet file: other words over the same columns, and no copy of any but the file noted."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.publish.footer import with_other_words
from warehouse.store.literal import literal

WORDS = {"registry": "clinicaltrials.gov", "run_id": "20260912T023000Z-abcdef", "notice": "not medical advice"}
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=300)


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def written(path: Path, words: dict[str, str]) -> str:
    said = ", ".join(f"{key}: {literal(value)}" for key, value in words.items())
    duckdb.execute(
        f"COPY (SELECT range AS number, 'text ' || range AS text FROM range(3000)) TO {literal(path)} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 2048, KV_METADATA {{{said}}})"
    )
    return digest(path)


def told(path: Path) -> dict[str, str]:
    said = duckdb.execute("SELECT key, value FROM parquet_kv_metadata(?)", [str(path)]).fetchall()
    return {key.decode(): value.decode() for key, value in said}


@given(before=TEXTS, now=TEXTS, long=st.sampled_from([0, 1, 200, 20_000]))
def test_any_words_stand_in_the_place_of_any_others(
    tmp_path_factory: pytest.TempPathFactory, before: str, now: str, long: int
) -> None:
    folder = tmp_path_factory.mktemp("parquet")
    path, to = folder / "before", folder / "now"
    words, others = {**WORDS, "data_version": before}, {**WORDS, "data_version": now + "x" * long}
    assert with_other_words(path, to, written(path, words), words, others) == digest(to)
    assert told(to) == others
    columns = duckdb.execute("SELECT count(*), sum(number), count(DISTINCT text) FROM read_parquet(?)", [str(to)])
    assert columns.fetchall() == [(3000, 4498500, 3000)]
    back = folder / "back"
    with_other_words(to, back, digest(to), others, words)
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
        lambda path: written(path, {**WORDS, "run_id": "another"}),
    ],
    ids=["gone", "empty", "its beginning", "cut short", "no such length", "another byte", "other words"],
)
def test_another_file_is_not_copied(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    path, to = tmp_path / "before", tmp_path / "now"
    noted = written(path, WORDS)
    spoil(path)
    assert with_other_words(path, to, noted, WORDS, {}) is None
    assert not to.exists()


def test_words_that_are_not_there_are_not_replaced(tmp_path: Path) -> None:
    path, to = tmp_path / "before", tmp_path / "now"
    noted = written(path, WORDS)
    assert with_other_words(path, to, noted, {"run_id": "another"}, {"run_id": "tonight"}) is None
    assert not to.exists()
