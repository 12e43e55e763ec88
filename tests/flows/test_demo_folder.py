"""The demo clears what it made, and never anything else: whatever a folder of that name turns out to be."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.simulated import SimulatedRegistry
from flows.demo.folder import LIST, clear, is_demo, prepared
from flows.settings import SettingsError
from tests.house import House, Typed


def a_demo(folder: Path) -> None:
    """What a demo leaves, as far as its shapes go: files, folders, empty folders, links to files and folders."""
    with prepared(folder):
        (folder / "data/published/earlier/parquet-1").mkdir(parents=True)
        (folder / "data/published/earlier/parquet-1/trials.parquet").write_text("rows")
        (folder / "data/published/parquet").symlink_to("earlier/parquet-1")
        (folder / "data/empty").mkdir()
        (folder / "trialwatch.toml").write_text("")


def everything(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text() if path.is_file() else ""
        for path in sorted(folder.rglob("*"))
    }


def test_a_demo_clears_what_the_last_one_made(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    a_demo(folder)
    assert is_demo(folder / "data")
    a_demo(folder)
    assert clear(folder)
    assert not folder.exists()
    assert not clear(folder)


@pytest.mark.parametrize(
    "words",
    [
        *(("run", "--no-prefect"), ("serve",), ("import", "ictrp", "export.xml"), ("backfill",), ("rebuild",)),
        *(("restore", "a.duckdb"), ("deliver",)),
    ],
    ids=" ".join,
)
def test_nothing_real_goes_among_made_up_nights(
    house: House, registry: SimulatedRegistry, typed: Typed, words: tuple[str, ...]
) -> None:
    with prepared(house.folder / "demo"):
        pass
    code, _, err = typed(*words, TRIALWATCH_DATA_DIR=str(house.folder / "demo/data"))
    assert code == 2
    assert "holds the demo's made-up nights" in err
    assert registry.requests == []


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    a_demo(tmp_path / "demo")


def a_file(demo: Path, _: Path) -> None:
    demo.write_text("a thesis")


def a_link_to_a_folder(demo: Path, elsewhere: Path) -> None:
    demo.symlink_to(elsewhere)


def a_link_to_nothing(demo: Path, elsewhere: Path) -> None:
    demo.symlink_to(elsewhere / "gone")


def a_folder_of_somebodys(demo: Path, _: Path) -> None:
    demo.mkdir()
    (demo / "thesis.txt").write_text("a thesis")


def an_empty_folder_in_a_folder(demo: Path, _: Path) -> None:
    (demo / "theses").mkdir(parents=True)


def our_list_and_somebodys_file(demo: Path, _: Path) -> None:
    a_demo(demo)
    (demo / "thesis.txt").write_text("a thesis")


def somebodys_file_deep_within(demo: Path, _: Path) -> None:
    a_demo(demo)
    (demo / "data/published/earlier/thesis.txt").write_text("a thesis")


def a_folder_of_ours_replaced_by_a_link(demo: Path, elsewhere: Path) -> None:
    a_demo(demo)
    (demo / "data/empty").rmdir()
    (demo / "data/empty").symlink_to(elsewhere)


def a_list_that_is_none(demo: Path, _: Path) -> None:
    demo.mkdir()
    (demo / LIST).write_text("{")


def a_list_that_names_what_lies_outside(demo: Path, elsewhere: Path) -> None:
    demo.mkdir()
    (demo / "thesis.txt").write_text("a thesis")
    (demo / LIST).write_text(json.dumps([LIST, f"../{elsewhere.name}/thesis.txt", str(elsewhere)]))


def a_demo_that_was_killed(demo: Path, _: Path) -> None:
    a_demo(demo)
    (demo / LIST).write_text(json.dumps([LIST]))


@pytest.mark.parametrize(
    "happened",
    [
        a_file,
        a_link_to_a_folder,
        a_link_to_nothing,
        a_folder_of_somebodys,
        an_empty_folder_in_a_folder,
        our_list_and_somebodys_file,
        somebodys_file_deep_within,
        a_folder_of_ours_replaced_by_a_link,
        a_list_that_is_none,
        a_list_that_names_what_lies_outside,
        a_demo_that_was_killed,
    ],
)
def test_what_the_demo_did_not_make_is_refused_and_nothing_is_touched(
    tmp_path: Path, happened: Callable[[Path, Path], None]
) -> None:
    demo, elsewhere = tmp_path / "demo", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "thesis.txt").write_text("a thesis")
    happened(demo, elsewhere)
    before = everything(tmp_path)
    for act in (lambda: clear(demo), lambda: prepared(demo).__enter__()):
        with pytest.raises(SettingsError, match="nothing was touched"):
            act()
    assert everything(tmp_path) == before


def test_what_a_demo_made_before_it_failed_is_on_the_list(tmp_path: Path) -> None:
    def interrupted() -> None:
        with prepared(tmp_path / "demo"):
            (tmp_path / "demo/half").write_text("")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert clear(tmp_path / "demo")
