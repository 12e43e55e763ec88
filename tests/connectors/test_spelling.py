"""How texts are spelt, letter by letter, and what becomes of them in a night."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors import spelling
from connectors.simulated import SimulatedRegistry
from connectors.spelling import compared, in_lines, shown
from flows.endings import Code
from tests.conftest import SHARED
from tests.house import House
from tests.records import a_trial

CODES = [
    *("RECRUITING ", " RECRUITING", "RECRUITING\n", "RECRUITING\u00a0", "\ufeffRECRUITING", "RECRUIT\u200bING"),
    *(
        "RECRUIT\u00adING",
        "\u2066RECRUITING\u2069",
        "ＲＥＣＲＵＩＴＩＮＧ",
        "𝐑ECRUITING",
        "RECRUITING\x00",
        "RECR\u200dUITING",
    ),
]


@pytest.mark.parametrize("sent", CODES)
def test_a_code_with_what_nobody_sees_is_that_code(sent: str) -> None:
    assert compared(sent) == "RECRUITING"


@pytest.mark.parametrize(
    ("sent", "stored", "counted"),
    [
        ("CI‑581a", "CI-581a", "CI-581a"),
        ("10⁹/L, 1½ cups of H₂O", "10⁹/L, 1½ cups of H₂O", "109/L, 11/2 cups of H2O"),
        ("Prozac™ 5 µg", "Prozac™ 5 µg", "ProzacTM 5 μg"),
        ("2–4 weeks — the patient’s “own” choice", "2–4 weeks — the patient’s “own” choice",
         '2-4 weeks - the patient\'s "own" choice'),
        ("Hôpital de l’Este\u0301rel", "Hôpital de l’Estérel", "Hôpital de l'Estérel"),
        ("药物（ketamine）", "药物(ketamine)", "药物(ketamine)"),
        ("eﬃcacy, phase Ⅲ", "efficacy, phase III", "efficacy, phase III"),
        ("می\u200cخواهم 👩\u200d🔬", "می\u200cخواهم 👩\u200d🔬", "میخواهم 👩🔬"),
        (" \u200b ", "", ""),
    ],
)  # fmt: skip
def test_a_text_is_stored_as_it_is_read_and_compared_by_its_letters(sent: str, stored: str, counted: str) -> None:
    assert shown(sent) == stored
    assert compared(sent) == counted


@pytest.mark.slow
def test_a_blank_behind_a_code_a_date_or_a_title_is_no_change_no_stay_and_no_other_column(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(a_trial("NCT00000001"))
    house.configure('[watch.all]\neverything = true\nrelevance = "ketamine-substance-use"\n')
    house.night()
    columns = "* EXCLUDE (last_seen_at, days_overdue)"
    (before,) = house.ask(f"SELECT {columns} FROM trials")
    for mark in (" ", "\u200b", "\u00ad", "\ufeff", "\n\u00a0"):
        registry.put(disfigured(a_trial("NCT00000001"), mark))
        registry.night()
        assert house.night().ending.code is Code.DONE
        assert house.changes() == []
        assert house.ask(f"SELECT {columns} FROM trials") == [before]


def test_a_trial_first_seen_with_blanks_is_stored_without_them(house: House, registry: SimulatedRegistry) -> None:
    plain, odd = a_trial("NCT00000001"), a_trial("NCT00000001")
    odd = disfigured(odd, " \u200b")
    odd["protocolSection"]["identificationModule"]["nctId"] = "NCT00000002"
    registry.put(plain, odd)
    house.configure('[watch.all]\neverything = true\nrelevance = "ketamine-substance-use"\n')
    house.night()
    one, other = house.ask("SELECT * EXCLUDE (trial_id, url) FROM trials ORDER BY trial_id")
    assert one == other
    assert one["lapses_on"] == "2028-07-01"
    for view in (
        "conditions",
        "mesh_terms",
        "interventions",
        "arms",
        "outcomes",
        "sites",
        "sponsors",
        "identifiers",
    ):
        rows = house.ask(f"SELECT * EXCLUDE (trial_id) FROM trial_{view} ORDER BY trial_id, position")
        assert rows[: len(rows) // 2] == rows[len(rows) // 2 :]
    assert house.ask("SELECT * FROM trial_flags") == []


def disfigured(record: Any, mark: str) -> Any:
    """The record with the mark behind and before every text, but for what the stand-in itself reads."""
    if isinstance(record, dict):
        return {
            key: part if key in ("nctId", "miscInfoModule") else disfigured(part, mark)
            for key, part in record.items()
        }
    if isinstance(record, list):
        return [disfigured(part, mark) for part in record]
    return f"{mark}{record}{mark}" if isinstance(record, str) else record


def test_real_texts_lose_nothing_that_a_reader_would_miss() -> None:
    path = SHARED / "registry/records/real_records.jsonl.gz"
    if not path.exists():
        pytest.skip("real records are not here")

    def texts(part: Any) -> Iterator[str]:
        if isinstance(part, str):
            yield part
        for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            yield from texts(inner)

    otherwise: set[tuple[str, str]] = set()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            for text in texts(json.loads(line)):
                kept = shown(text)
                if kept != " ".join(text.split()):
                    gone, come = set(text) - set(kept), set(kept) - set(text)
                    otherwise |= {(letter, "") for letter in gone if not letter.isspace()} | {
                        ("", x) for x in come
                    }
    usual = set("（）；：，～／ⅡⅢⅣﬂ\u0301")
    assert {gone for gone, _ in otherwise} - {""} <= usual | {
        letter for letter, _ in otherwise if not letter.isprintable()
    }
    assert all(come.isascii() or come.isalpha() for _, come in otherwise)


LAID_OUT = st.lists(
    st.sampled_from(
        [
            *"aZ9* \t\n\r\x0b\x0c\x1c\x7f\x85\u00a0\u00ad\u200b\u200d\u2028\u3000’“²½éﬁＡ≥א\ud800\udc00",
            *("\r\n", "  ", " \n", "\n\n\n", "\n  * ", "e\u0301"),
        ]
    ),
    max_size=14,
).map("".join)


@given(LAID_OUT)
@example("a\u00a0\u00ad b")
@example("\u200b\n\n a\n\u200b\n\nb")
def test_a_text_is_spelt_at_once_as_word_by_word_and_line_by_line(text: str) -> None:
    """Long texts are not taken apart; what comes of them is told by taking them apart."""
    assert shown(text) == spelling._dressed(" ".join(text.split()))
    assert in_lines(text) == spelling._line_by_line(text)
