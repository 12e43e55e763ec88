"""Templates are compiled once, and whatever became of what was kept of them, they say the same."""

import sys
from pathlib import Path

import pytest

from flows import compiled
from warehouse.publish import page
from warehouse.tell import rendering
from warehouse.templates import environment, names


def said(folder: Path, name: str = "page.html") -> str:
    return environment(folder).get_template(name).render(word="<b>")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "page.html").write_text("a {{ word }}", "utf-8")
    (tmp_path / "page.txt").write_text("a {{ word }}", "utf-8")
    return tmp_path


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "__pycache__").glob("*.cache"))


def test_what_a_template_was_compiled_to_is_kept_and_read(folder: Path) -> None:
    assert said(folder) == "a &lt;b&gt;"
    (once,) = kept(folder)
    before = once.stat().st_ino
    assert said(folder) == "a &lt;b&gt;"
    assert [each.stat().st_ino for each in kept(folder)] == [before]
    assert once.stat().st_mode & 0o777 == 0o644


def test_plain_text_alone_is_not_escaped(folder: Path) -> None:
    assert said(folder, "page.txt") == "a <b>"


def test_another_text_is_compiled_anew(folder: Path) -> None:
    said(folder)
    (folder / "page.html").write_text("b {{ word }}", "utf-8")
    assert said(folder) == "b &lt;b&gt;"


@pytest.mark.parametrize("rest", [b"", b"half", b"\0" * 400])
def test_a_damaged_one_is_compiled_anew(folder: Path, rest: bytes) -> None:
    said(folder)
    (once,) = kept(folder)
    for content in (rest, once.read_bytes()[:-9]):
        once.write_bytes(content)
        assert said(folder) == "a &lt;b&gt;"


def test_where_nothing_can_be_kept_it_is_compiled_each_time(folder: Path) -> None:
    (folder / "__pycache__").write_bytes(b"a file where a folder must be")
    assert said(folder) == "a &lt;b&gt;"


def test_nothing_is_kept_where_python_keeps_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert said(folder) == "a &lt;b&gt;"
    assert not kept(folder)


def test_every_template_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert {"page.html", "parts.html", "style.css"} == set(names(page.templates))
    assert {"digest.html", "digest.txt", "mail.txt"} <= set(names(rendering.templates))
    compiled.main()
    for templates in (page.templates, rendering.templates):
        made = Path(templates.loader.searchpath[0]) / "__pycache__"  # type: ignore[union-attr]
        assert len(list(made.glob("jinja-*.cache"))) >= len(names(templates))
