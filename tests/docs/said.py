"""What this repository says of itself: pages, the docstrings and comments of code, the heads of lists."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("flows", "connectors", "warehouse", "tests", "docs", "deploy", "benchmarks")
OURS = (*ROOMS, ".ci", ".github")
OF_OTHERS = {"vendor", "uv.lock", "cookbook.md"}
"""Brought from elsewhere, or a program's answers: it says what it says."""
SPOKEN = {".md", ".py", ".sql", ".csv", ".toml", ".yaml", ".yml"}
FENCE = re.compile(r"^ *```(\w*)[^\n]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"``?([^`\n]+)``?")


@cache
def files() -> tuple[Path, ...]:
    """Every file of the repository, from its root; what is made or brought is none."""
    found = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]
    for room in OURS:
        found += [path for path in (ROOT / room).rglob("*") if path.is_file()]
    ignored = [line.strip("/") for line in (ROOT / ".gitignore").read_text("utf-8").splitlines()]
    made = {path for path in found for name in ignored if any(fnmatch(part, name) for part in inside(path).parts)}
    return tuple(sorted(set(found) - made))


def inside(path: Path) -> Path:
    """A file's path from the root of the repository."""
    return path.relative_to(ROOT)


def pages() -> list[Path]:
    """What people read: in the root, in docs/, and what a forge shows."""
    return [path for path in files() if path.suffix == ".md"]


@cache
def said(path: Path) -> str:
    """What a file says in prose: all of a page, of code only docstrings and comments."""
    text = path.read_text("utf-8")
    match path.suffix:
        case ".py":
            return "\n".join([*_docstrings(text), *_comments(text)])
        case ".sql":
            return "\n".join(re.findall(r"--[ ]?(.*)", text))
        case ".csv" | ".toml" | ".yaml" | ".yml":
            return "\n".join(re.findall(r"(?m)(?:^|\s)# ?(.*)", text))
    return text


def speaking() -> list[Path]:
    """Every file of ours that says something."""
    ours = (path for path in files() if not OF_OTHERS & set(path.relative_to(ROOT).parts))
    return [path for path in ours if path.suffix in SPOKEN]


def commands(path: Path) -> Iterator[str]:
    """Every line that is to be typed: in a page's blocks of shell, and wherever something stands in backticks."""
    text = said(path)
    for language, block in FENCE.findall(text):
        if language in ("", "sh", "bash", "console"):
            yield from block.replace("\\\n", " ").splitlines()
    yield from (found.strip() for found in CODE.findall(FENCE.sub("", text)))


def _docstrings(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield node.value.value


def _comments(text: str) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string.lstrip("# ")
