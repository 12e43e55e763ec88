"""Places that cannot be written, or must not be: whatever names them, a sentence says what to do."""

import re
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.docs.said import ROOT
from tests.flows.disks import a_small_disk, make_read_only
from tests.house import House, Typed
from tests.ictrprecords import a_record, an_export

PLACE, HERE, BACKUP, EXPORT = "PLACE", "HERE", "BACKUP", "EXPORT"
INIT = ("init", "--no-ask", "--drug", "ketamine", "--to", "a@b.org", "--contact", "a@b.org", "--folder")
LOGIN = ("--smtp-url", "smtp://h", "--smtp-user", "u", "--smtp-password-file")
GIVEN = {
    "init --folder": (*INIT, PLACE),
    "init --data-dir": (*INIT, HERE, "--data-dir", PLACE),
    "init --smtp-password-file": (*INIT, HERE, *LOGIN, PLACE),
    "preview --folder": ("preview", "--since", "2020-01-01", "--folder", PLACE),
    "backup FILE": ("backup", PLACE),
    "restore FILE": ("restore", PLACE),
    "import ictrp FILE": ("import", "ictrp", PLACE),
    "demo --folder": ("demo", "--no-prefect", "--folder", PLACE),
    "--env-file": ("--env-file", PLACE, "status"),
}
"""Every path that a command is given."""
OF_DATA = (
    *(("run", "--no-prefect"), ("deliver",), ("deliver", "--test", "a@b.org"), ("preview",), ("backup", HERE)),
    *(("restore", BACKUP), ("import", "ictrp", EXPORT), ("rebuild",), ("doctor",), ("serve",)),
    *(("status",), ("watchdog",), ("changes",), ("show", "NCT10000001"), ("query", "SELECT 1")),
)
"""Every command that has to do with the data directory."""
OF_WATCHES = (("run", "--no-prefect"), ("watch", "add", "x", "https://clinicaltrials.gov/search?intr=ketamine"))
PLACES = ("nothing can be made", "a file", "below a file", "links in a ring", "a long name", "only to be read")


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    kind, ring = request.param, tmp_path / "ring"
    (tmp_path / "letter").write_bytes(b"a letter\xff")
    ring.symlink_to(ring)
    with ExitStack() as until:
        if kind == "only to be read":
            make_read_only(disk := until.enter_context(a_small_disk(tmp_path / "disk", 1)))
            yield disk / "x"
            return
        if kind == "nothing can be made" and not sys.platform.startswith("linux"):
            pytest.skip("only Linux has such a place for everyone")
        yield {
            "nothing can be made": Path("/proc/x"),
            "a file": tmp_path / "letter",
            "below a file": tmp_path / "letter" / "below",
            "links in a ring": ring / "x",
            "a long name": tmp_path / ("x" * 300),
        }[kind]


@pytest.fixture
def lived_in(house: House, first_night: House, typed: Typed, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house after a night, with a backup and an export."""
    monkeypatch.setenv("TRIALWATCH_ENV_FILE", "")  # what --env-file sets is gone with the test
    house.move_in(first_night)
    text = (house.folder / "trialwatch.toml").read_text("utf-8")
    house.configure(text.replace("conditions =", 'registries = ["clinicaltrials.gov", "ictrp"]\nconditions ='))
    (house.folder / EXPORT).write_text(an_export(a_record()), "utf-8")
    assert typed("backup", str(house.folder / BACKUP))[0] == 0
    return house


def put(words: tuple[str, ...], house: House, place: Path) -> list[str]:
    paths = {PLACE: place, **{name: house.folder / name for name in (HERE, BACKUP, EXPORT)}}
    return [str(paths.get(word, word)) for word in words]


def held(house: House) -> dict[str, bytes]:
    kept = (path for path in (house.folder / "data").rglob("*") if path.is_file() and path.name != "lock")
    return {str(path): path.read_bytes() for path in kept}


def test_every_path_that_a_command_takes_is_looked_at_here() -> None:
    page = (ROOT / "docs/commands.md").read_text("utf-8")
    found = {"--env-file"}
    for section in re.split(r"\n##+ trialwatch ", page)[1:]:
        command = section.partition("\n")[0]
        found |= {f"{command} {option}" for option in re.findall(r"(--[\w-]+) PATH", section)}
        found |= {f"{command} FILE" for _ in re.findall(r"\* `FILE", section)}
    assert found == GIVEN.keys()


@pytest.mark.sampled
@pytest.mark.parametrize("words", GIVEN.values(), ids=GIVEN.keys())
def test_a_place_that_a_command_is_given(
    lived_in: House, typed: Typed, place: Path, words: tuple[str, ...]
) -> None:
    before = held(lived_in)
    code, _, said = typed(*put(words, lived_in, place))
    assert code == 2, said
    assert [line.startswith("trialwatch: ") for line in said.splitlines()] == [True]
    assert place.name in said or place.parent.name in said
    assert held(lived_in) == before
    assert not (lived_in.folder / HERE).exists()


@pytest.mark.sampled
@pytest.mark.parametrize("words", OF_DATA, ids=" ".join)
def test_a_place_for_the_data(lived_in: House, typed: Typed, place: Path, words: tuple[str, ...]) -> None:
    code, _, said = typed(*put(words, lived_in, place), TRIALWATCH_DATA_DIR=str(place))
    assert code in ((2, 7) if words[0] in ("status", "watchdog") else (2,)), said
    assert "trialwatch: " in said
    assert "bug" not in said


@pytest.mark.sampled
@pytest.mark.parametrize("words", OF_WATCHES, ids=" ".join)
def test_a_place_for_the_watches(lived_in: House, typed: Typed, place: Path, words: tuple[str, ...]) -> None:
    code, _, said = typed(*words, TRIALWATCH_CONFIG=str(place))
    assert (code, said.count("trialwatch: ")) == (2, 1), said


def test_a_device_is_neither_written_over_nor_read_for_ever(lived_in: House, typed: Typed, tmp_path: Path) -> None:
    terminal = Path("/dev/tty")
    if not terminal.is_char_device():
        pytest.skip("this machine has no such device")
    code, _, said = typed("backup", str(terminal))
    assert (code, "is a device or the like" in said) == (2, True)
    assert stat.S_ISCHR(terminal.stat().st_mode)
    endless = Path("/dev/zero")
    for words in (GIVEN["init --smtp-password-file"], GIVEN["--env-file"]):
        assert typed(*put(words, lived_in, endless))[0] == 2
    assert typed("run", "--no-prefect", TRIALWATCH_CONFIG=str(endless))[0] == 2
    assert typed("import", "ictrp", str(endless))[0] == 2


# -- places among our own ------------------------------------------------------------------------------

AMONG_OUR_OWN = (
    *("PUBLISH_URL=file://{data}/published", "PUBLISH_URL=file:///tmp file://{data}/store"),
    *(
        "PUBLISH_URL=file://{data}/landed/clinicaltrials.gov",
        "PUBLISH_URL=file://{data}",
        "PUBLISH_URL=local://{data}/x",
    ),
    *(
        "PUBLISH_URL=file://{data}/../data/outbox",
        "PUBLISH_URL=file://{link}/published",
        "PUBLISH_URL=file://{out}/x",
    ),
    *("PUBLISH_URL=ducklake:sqlite:{data}/c?data_path=/x", "PUBLISH_URL=ducklake:sqlite:/c?data_path={data}/lake"),
    *("LANDING_URL={data}/landed", "LANDING_URL=file://{data}/landed", "LANDING_URL={link}"),
)
ELSEWHERE = ("PUBLISH_URL=file://{data}-shared", "PUBLISH_URL=s3://data/store", "LANDING_URL={data}-landed")


@pytest.fixture
def named(house: House) -> dict[str, Path]:
    """The data directory, a link to it, and a folder outside to which one of its own leads."""
    data, link, out = (house.folder / name for name in ("data", "link", "out"))
    for folder in (data, out):
        folder.mkdir()
    link.symlink_to(data)
    (data / "outbox").symlink_to(out)
    return {"data": data, "link": link, "out": out}


@pytest.mark.sampled
@pytest.mark.parametrize("setting", AMONG_OUR_OWN)
def test_a_place_among_our_own_is_refused(typed: Typed, named: dict[str, Path], setting: str) -> None:
    name, _, value = setting.format(**named).partition("=")
    for words in (("run", "--no-prefect"), ("status",), ("doctor",)):
        code, _, said = typed(*words, **{f"TRIALWATCH_{name}": value})
        assert code == 2
    assert f"TRIALWATCH_{name} holds" in said or words == ("doctor",)
    assert sorted(path.name for path in named["data"].iterdir()) == ["outbox"]


@pytest.mark.sampled
@pytest.mark.parametrize("setting", ELSEWHERE)
def test_a_place_elsewhere_is_not(typed: Typed, named: dict[str, Path], setting: str) -> None:
    name, _, value = setting.format(**named).partition("=")
    assert typed("status", **{f"TRIALWATCH_{name}": value})[0] == 7, "no night yet"
