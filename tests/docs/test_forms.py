"""The forms that a forge shows, and what runs before a commit: each is of the shape that is asked for."""

import re
from pathlib import Path

import pytest
import yaml

from tests.docs.said import ROOT

FORMS = sorted(path for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
KINDS = {"markdown", "input", "textarea", "dropdown", "checkboxes"}
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_asks_for_something_under_names_of_its_own(path: Path) -> None:
    form = yaml.safe_load(path.read_text("utf-8"))
    assert form["name"]
    assert form["description"]
    assert {part["type"] for part in form["body"]} <= KINDS
    asked = [part for part in form["body"] if part["type"] != "markdown"]
    ids = [part["id"] for part in asked]
    assert len(ids) == len(set(ids)) > 0
    assert all(part["attributes"]["label"] for part in asked)
    assert all(part["attributes"]["options"] for part in asked if part["type"] == "dropdown")
    assert any(part.get("validations", {}).get("required") for part in asked)


def test_there_is_a_form_for_what_is_wrong_missed_broken_and_wished() -> None:
    assert [path.stem for path in FORMS] == ["bug", "missed-trial", "registry", "wrong-change"]


def test_a_hook_calls_what_make_check_calls_and_brings_nothing() -> None:
    assert [repo["repo"] for repo in HOOKS] == ["local"]
    called = {Path(hook["entry"].split()[0]).name for hook in HOOKS[0]["hooks"]}
    (check,) = re.findall(r"(?m)^check: ([a-z ]+?) *##", MAKEFILE)
    for target in set(check.split()) - {"test"}:
        (recipe,) = re.findall(rf"(?m)^{target}: .*\n((?:\t.*\n)+)", MAKEFILE)
        assert set(re.findall(r"\$\(BIN\)/([\w-]+)", recipe)) <= called, target
