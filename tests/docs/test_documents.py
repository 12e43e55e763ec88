"""What is generated in docs/ is what the program says today, and every question of the cookbook has an answer."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from docs.refresh import CHANGES, COMMANDS, COOKBOOK, DICTIONARY, FOLDER, demonstrated, recipes, written
from warehouse.publish import questions

README = Path(__file__).parents[2] / "README.md"
COMING = FOLDER / "coming-from-aact.md"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The demonstration's published file, open as an analyst has it."""
    with questions.published(demonstrated(tmp_path_factory.mktemp("demo"))) as con:
        yield con


@pytest.mark.slow
@pytest.mark.parametrize("path", [CHANGES, COMMANDS, COOKBOOK, DICTIONARY], ids=lambda path: path.name)
def test_the_documents_say_what_the_file_says(demo: duckdb.DuckDBPyConnection, path: Path) -> None:
    assert path.read_text("utf-8") == written(demo)[path], "`make docs` writes it anew"


@pytest.mark.slow
def test_every_question_of_the_cookbook_is_answered(demo: duckdb.DuckDBPyConnection) -> None:
    assert len(recipes()) == 30
    for question, sql in recipes().items():
        assert questions.ask(demo, sql).rows, question
    assert COOKBOOK.read_text("utf-8").count("\n|---") == 30, "each answer stands below its question"


@pytest.mark.slow
@pytest.mark.parametrize("path", [README, COMING], ids=lambda path: path.name)
def test_the_queries_elsewhere_answer_too(demo: duckdb.DuckDBPyConnection, path: Path) -> None:
    blocks = re.findall(r"```sql\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
    statements = [each for block in blocks for each in block.split(";") if each.strip()]
    assert statements
    for statement in statements:
        assert questions.ask(demo, statement).rows, statement
