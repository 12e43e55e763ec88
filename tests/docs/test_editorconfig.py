"""Every file of ours is as .editorconfig says, so that no editor changes what nobody touched."""

import configparser
import re
from fnmatch import fnmatch
from pathlib import Path

from tests.docs.said import OF_OTHERS, ROOT, files

BINARY = {".webp", ".png", ".gz", ".zst"}


def settings(path: Path) -> dict[str, str]:
    """What .editorconfig asks of a file: what stands later goes before what stands earlier."""
    parsed = configparser.ConfigParser()
    parsed.read_string("[root]\n" + (ROOT / ".editorconfig").read_text("utf-8"))
    asked: dict[str, str] = {}
    for section in parsed.sections()[1:]:
        choices = re.fullmatch(r"(.*)\{(.*)\}", section)
        names = [f"{choices[1]}{each}" for each in choices[2].split(",")] if choices else [section]
        if any(fnmatch(path.name, name) for name in names):
            asked |= parsed[section]
    return asked


def wrong(path: Path) -> list[str]:
    asked, content = settings(path), path.read_bytes()
    lines = content.decode(asked["charset"]).split("\n")
    first = {line[0] for line in lines if line[:1].isspace()}
    told = {
        "a carriage return": asked["end_of_line"] == "lf" and b"\r" in content,
        "no newline at the end": asked["insert_final_newline"] == "true" and content[-1:] not in (b"", b"\n"),
        "blanks at an end": asked["trim_trailing_whitespace"] == "true"
        and any(re.search(r"[ \t]$", line) for line in lines),
        "a tab before a line": asked["indent_style"] == "space" and "\t" in first,
        "no tab before a line": asked["indent_style"] == "tab" and not first <= {"\t"},
    }
    return [words for words, is_so in told.items() if is_so]


def test_every_file_is_as_editors_are_asked_to_keep_it() -> None:
    ours = [path for path in files() if path.suffix not in BINARY and not OF_OTHERS & set(path.parts)]
    assert {str(path.relative_to(ROOT)): told for path in ours if (told := wrong(path))} == {}
