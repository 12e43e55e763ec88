"""What a channel is told, as a receiver parses it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.warehouse.tell.test_digest import COMPLETED, RESULTS, SLIPPED, STOPPED, WHO
from warehouse.tell.digest import DigestMail, ToldChange
from warehouse.tell.notice import MOST_BYTES, TEXT_LETTERS, notice

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/notify.schema.json").read_text("utf-8"))
HOSTILE = "<!channel> @everyone [x](https://evil.example) *b*\n\n• made up"


def told(*changes: ToldChange, **more: Any) -> dict[str, Any]:
    mail = DigestMail(**{**WHO, "recipient": "notify:slack", "changes": changes, **more})
    written = notice(mail)
    assert notice(mail) == written, "the same for ever"
    document: dict[str, Any] = json.loads(written)
    return document


def test_it_keeps_to_its_schema_and_tells_the_most_material_first() -> None:
    document = told(SLIPPED, STOPPED, COMPLETED, RESULTS, message_id="0" * 32 + "@example.org")
    jsonschema.validate(document, SCHEMA)
    assert [each["change_id"] for each in document["changes"]] == ["c-1", "c-2", "c-3", "c-4"]
    assert document["text"].count("• ") == 4
    assert "pi@" not in json.dumps(document)


def test_values_are_as_the_registry_wrote_them_and_texts_are_inert() -> None:
    document = told(
        replace(STOPPED, title=HOSTILE, reason=f"RECRUITING → TERMINATED; the sponsor says why: {HOSTILE}")
    )
    (change,) = document["changes"]
    assert change["title"] == HOSTILE
    for text in (document["text"].replace(change["url"], ""), document["subject"], change["sentence"]):
        assert not set("<>[]*@") & set(text)
        assert "://" not in text
    assert document["text"].count("\n• ") == 1, "no line of its own making"


@pytest.mark.slow
def test_a_night_of_very_many_changes_shortens_values_and_leaves_out_none() -> None:
    many = [
        replace(COMPLETED, change_id=f"c{n}", trial_id=f"NCT{n:08}", old_value="word " * 5000) for n in range(1000)
    ]
    mail = DigestMail(**{**WHO, "recipient": "notify:slack", "changes": tuple(many)})
    written = notice(mail)
    document = json.loads(written)
    assert len(document["changes"]) == 1000
    assert all(each["is_shortened"] for each in document["changes"])
    assert len(written) < 1.5 * MOST_BYTES
    assert len(document["text"]) <= TEXT_LETTERS
    assert " more.\n" in document["text"]


def test_a_change_whose_title_alone_was_shortened_says_so() -> None:
    many = [replace(COMPLETED, change_id=f"c{n}", trial_id=f"NCT{n:08}", title="word " * 5000) for n in range(60)]
    assert all(each["is_shortened"] for each in told(*many)["changes"])
    assert not told(COMPLETED)["changes"][0]["is_shortened"]


def test_arrivals_are_listed_and_in_the_text_only_counted() -> None:
    arrived = [replace(COMPLETED, change_id=f"c{n}", trial_id=f"NCT{n:08}", kind="registered") for n in range(60)]
    document = told(arrivals=tuple(arrived))
    assert all(each["is_arrival"] for each in document["changes"])
    assert document["text"].splitlines()[0].startswith("60 new trials")
    assert "• " not in document["text"]


def test_a_trial_that_is_not_on_the_page_leads_to_its_record() -> None:
    document = told(COMPLETED, page_url=None)
    assert document["changes"][0]["page_url"] is None
    assert f"  {COMPLETED.url}" in document["text"].splitlines()
    assert "://" not in told(replace(COMPLETED, url="javascript:x"))["text"]


def test_where_there_is_nothing_to_tell_nothing_is_written() -> None:
    with pytest.raises(ValueError, match="nothing to tell"):
        told()
