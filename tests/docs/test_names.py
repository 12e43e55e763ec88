"""Files, links, commands, targets and settings that anything here names are there: a page that lies is found."""

import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from cyclopts import App

from flows.cli import app
from flows.settings import PREFIX, READ_BY_PREFECT_YAML, VARIABLES
from tests.docs.said import FENCE, ROOMS, ROOT, commands, files, pages, said, speaking

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)", re.MULTILINE)
PATH = re.compile(rf"(?<![\w/.\-…<>])(?:{'|'.join(ROOMS)})/[\w./*\-]*[\w*/]")
FILE = re.compile(r"[\w.\-]+\.(?:py|md|sql|csv|toml|ya?ml|html|css|js|jinja|ics|atom)")
PROGRAM = re.compile(r"(?:\w+=\S+ )*(?:[\w./-]*/)?trialwatch ((?:-|[a-z]).*)")
SETTING = re.compile(r"\bTRIALWATCH_[A-Z_]+(?:<NAME>)?")
PUBLISHED = {"index.html", "changes.atom", "coming-up.ics"}
"""What a night makes: files of the data directory, not of ours."""
MADE = {"deploy/docker/.env", "flows/trialwatch.toml", "connectors/drks.py"}
"""What a reader makes, and what a wheel holds in the place of another file of ours."""


@cache
def there() -> frozenset[str]:
    """Every path of ours, and every folder's."""
    found = {path.relative_to(ROOT) for path in files()}
    return frozenset(map(str, found | {parent for path in found for parent in path.parents}))


def is_there(name: str) -> bool:
    """Whether a path leads to something of ours: a file, a folder, a module without its ending, or a pattern."""
    name = name.rstrip("/.")
    if name in MADE:
        return True
    if "*" in name:
        return any(ROOT.glob(name))
    if "NAME" in name:  # of what a reader is to make: its folder is there
        name = name[: name.index("NAME") - 1]
    return name in there() or f"{name}.py" in there()


def found(wrong: Callable[[Path], Iterable[str]], among: Iterable[Path]) -> dict[str, list[str]]:
    """What is wrong in each file, where anything is."""
    return {str(path.relative_to(ROOT)): told for path in among if (told := sorted(set(wrong(path))))}


def test_every_file_that_is_named_is_there() -> None:
    names = {Path(each).name for each in there()} | PUBLISHED | {Path(each).name for each in MADE}

    def wrong(path: Path) -> Iterator[str]:
        yield from (name for name in PATH.findall(said(path)) if not is_there(name))
        for code in re.findall(r"``?([^`\n/ ]+)``?", said(path)):
            if FILE.fullmatch(code) and code not in names:
                yield code

    assert found(wrong, speaking()) == {}


def test_every_link_leads_somewhere() -> None:
    def wrong(page: Path) -> Iterator[str]:
        for target in map("".join, LINK.findall(FENCE.sub("", page.read_text("utf-8")))):
            name, _, anchor = target.partition("#")
            leads_to = (page.parent / name).resolve() if name else page
            if re.match(r"https?://|mailto:", target):
                continue
            if not leads_to.exists() or (anchor and anchor not in anchors(leads_to)):
                yield target

    assert found(wrong, pages()) == {}


@cache
def anchors(page: Path) -> frozenset[str]:
    """The headings of a page as links name them."""
    headings = re.findall(r"(?m)^#+ (.*)", FENCE.sub("", page.read_text("utf-8")))
    return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)


TARGETS = frozenset(re.findall(r"(?m)^([a-z][\w.\-/]*):", (ROOT / "Makefile").read_text("utf-8")))


def test_every_target_of_make_is_there() -> None:
    def wrong(path: Path) -> Iterator[str]:
        yield from (
            line for line in commands(path) if re.match(r"make [a-z]", line) and not is_target(line.split()[1])
        )

    assert found(wrong, speaking()) == {}


def is_target(name: str) -> bool:
    return name in TARGETS


def program(line: str) -> list[str]:
    """The words after trialwatch, where a line runs it."""
    found = PROGRAM.match(line.split(" #")[0])
    if not found:
        return []
    try:
        words = shlex.split(re.split(r" [|>&;]+ ?", found[1])[0])
    except ValueError:  # a question that goes on on the next line
        words = found[1].split()
    return words


def unknown(words: list[str], front_door: App) -> Iterator[str]:
    """What of a command line there is not: the command, or a flag of it."""
    known = [name for name in front_door if not name.startswith("-")]
    if words[0].startswith("-"):
        return
    if words[0] not in known:
        yield words[0]
        return
    chosen = front_door[words[0]]
    if chosen.default_command is None:
        yield from unknown(words[1:], chosen) if words[1:] else ()
        return
    flags = {"--help", *(name for argument in chosen.assemble_argument_collection() for name in argument.names)}
    yield from (word for word in words if re.match(r"--[a-z]", word) and word.split("=")[0] not in flags)


def test_every_command_and_flag_is_one_of_the_program() -> None:
    def wrong(path: Path) -> Iterator[str]:
        for line in commands(path):
            if words := program(line):
                yield from (f"{line}: {each}" for each in unknown(words, app))

    assert found(wrong, speaking()) == {}


@pytest.mark.slow
def test_every_setting_is_one_that_is_read() -> None:
    known = {PREFIX + name for name in (*VARIABLES, *READ_BY_PREFECT_YAML)} | {PREFIX.rstrip("_")}

    def wrong(path: Path) -> Iterator[str]:
        for name in SETTING.findall(said(path)):
            if name.rstrip("_") not in known and not name.startswith(f"{PREFIX}NOTIFY"):
                yield name

    assert found(wrong, speaking()) == {}


def test_every_setting_is_explained() -> None:
    explained = set(SETTING.findall((ROOT / "docs" / "configuration.md").read_text("utf-8")))
    assert {PREFIX + name for name in VARIABLES} - explained == set()


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("trialwatch change", ["change"]),
        ("trialwatch changes --sinc 2026-01-01", ["--sinc"]),
        (".venv/bin/trialwatch watch remove NAME", ["remove"]),
        ("TRIALWATCH_DATA_DIR=x trialwatch run --no-prefect --quick | less", ["--quick"]),
        ('trialwatch query "FROM trials" --format csv', []),
        ("trialwatch status --max-age=60", []),
        ("the trialwatch program", []),
    ],
)
def test_what_the_program_has_not_is_found(line: str, wrong: list[str]) -> None:
    words = program(line)
    assert (list(unknown(words, app)) if words else []) == wrong


def test_what_is_not_there_is_found() -> None:
    assert not is_there("docs/never.md")
    assert is_there("docs/decisions.md")
    assert is_there("flows/cli")
    assert is_there("docs/*.md")
    assert not is_target("never")
