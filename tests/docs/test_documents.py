"""What is generated in docs/ is what the program says today, and every question of the cookbook has an answer."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from docs.refresh import CHANGES, COOKBOOK, DICTIONARY, demonstrated, recipes, written
from warehouse.publish import questions

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The demonstration's published file, open as an analyst has it."""
    with questions.published(demonstrated(tmp_path_factory.mktemp("demo"))) as con:
        yield con


@pytest.mark.parametrize("path", [CHANGES, COOKBOOK, DICTIONARY], ids=lambda path: path.name)
def test_the_documents_say_what_the_file_says(demo: duckdb.DuckDBPyConnection, path: Path) -> None:
    assert path.read_text("utf-8") == written(demo)[path], "`make docs` writes it anew"


def test_the_cookbook_answers_twenty_questions(demo: duckdb.DuckDBPyConnection) -> None:
    assert len(recipes()) == 20
    for question, sql in recipes().items():
        assert questions.ask(demo, sql).rows, question
    assert COOKBOOK.read_text("utf-8").count("\n|---") == 20, "each answer stands below its question"


def test_the_readmes_queries_answer(demo: duckdb.DuckDBPyConnection) -> None:
    blocks = re.findall(r"```sql\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    statements = [each for block in blocks for each in block.split(";") if each.strip()]
    assert len(statements) >= 2
    for statement in statements:
        assert questions.ask(demo, statement).rows, statement
