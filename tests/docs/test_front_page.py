"""What a stranger sees first: a README that is short and shows what there is, and an index without gaps."""

import re

import pytest

from docs.pictures.__main__ import LARGEST
from tests.docs.said import ROOT

README = (ROOT / "README.md").read_text("utf-8")
INDEX = (ROOT / "docs" / "README.md").read_text("utf-8")


def test_the_readme_is_read_in_one_go() -> None:
    assert len(README.splitlines()) <= 120


def test_it_shows_the_page_and_a_mail() -> None:
    there = {f"docs/pictures/{path.name}" for path in (ROOT / "docs/pictures").glob("*.webp")}
    shown = set(re.findall(r"!\[[^\]]+\]\(([^)]+)\)|src=\"([^\"]+)\"", README))
    assert {"".join(each) for each in shown} == there == {"docs/pictures/page.webp", "docs/pictures/mail.webp"}
    assert all((ROOT / path).stat().st_size < LARGEST for path in there)


def test_every_document_is_in_the_index() -> None:
    there = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert set(re.findall(r"\]\(([\w-]+\.md)\)", INDEX)) == there


@pytest.mark.parametrize("words", ["Not medical advice", "docs/data-and-terms.md", "docs/README.md", "LICENSE"])
def test_it_says_what_this_is_not_and_where_all_else_stands(words: str) -> None:
    assert words in README
