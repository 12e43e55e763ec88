"""A file that WHO's ICTRP exported: its records, wherever it ends, and what of them a watch takes."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors import ictrp
from connectors.errors import ExportError
from connectors.ictrp import export as exports
from connectors.ictrp.export import MOST_BYTES, Pass, looked_at
from connectors.ictrp.record import COLUMNS
from connectors.registry import Question
from tests.ictrprecords import HEAD, TRIAL_ID, a_record, a_row, an_export, as_landed, kept

ROOT = Path(__file__).parents[2]
KETAMINE = Question(("ketamine",), ("alcohol use disorder",))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "export"


def records(path: Path) -> tuple[list[bytes], bool]:
    through = Pass(looked_at(path))
    return list(through.records()), through.is_cut


@pytest.mark.parametrize("size", [1, 7, 64, 1 << 18])
def test_the_records_of_a_file_do_not_depend_on_how_it_is_read(
    file: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(exports, "A_PIECE", size)
    sent = [a_record(), a_record("ACTRN12623000001234")]
    file.write_text("\ufeff" + an_export(*sent), "utf-8")
    assert records(file) == ([kept(each) for each in sent], False)


def test_a_file_cut_anywhere_has_its_whole_trials(file: Path) -> None:
    first, second = a_record(), a_record("ACTRN12623000001234")
    text = an_export(first, second).encode()
    one, both = text.index(b"</Trial>") + 8, text.rindex(b"</Trial>") + 8
    for end in {*range(one, len(text) - len(b"</Trials_downloaded_from_ICTRP>"), 97), one, both - 1, both}:
        file.write_bytes(text[:end])
        assert records(file) == ([kept(first), kept(second)][: 1 + (end >= both)], True)


def test_a_trial_that_never_ends_costs_no_other(file: Path) -> None:
    begun = a_record().replace("</Trial>", "")
    after = a_record("ACTRN12623000001234")
    file.write_text(an_export(begun, after), "utf-8")
    found, is_cut = records(file)
    assert (len(found), found[1], is_cut) == (2, kept(after), False)
    file.write_text(an_export(a_record(Condition="x" * (2 * MOST_BYTES)), after), "utf-8")
    found, is_cut = records(file)
    assert (len(found[0]) < MOST_BYTES / 100, found[1:], is_cut) == (True, [kept(after)], False)


def test_a_row_is_one_whatever_breaks_its_lines(file: Path) -> None:
    rows = [a_row(Condition="a\nb"), a_row("ACTRN12623000001234")]
    file.write_text("".join(rows), "utf-8")
    assert records(file) == ([as_landed(each) for each in rows], False)
    file.write_text("".join(rows) + a_row("ACTRN12623000001235")[:200], "utf-8")
    assert records(file) == ([as_landed(each) for each in rows], True)
    file.write_text(",".join(COLUMNS) + "\r\n" + rows[0], "utf-8")
    assert records(file) == ([as_landed(rows[0])], False)


@pytest.mark.slow
def test_a_field_that_never_ends_costs_no_more_than_itself(file: Path) -> None:
    endless = 'UMIN000000001,"' + f"{'x' * 199}\n" * (MOST_BYTES // 100)
    file.write_text(a_row() + endless + '"\r\n' + a_row("ACTRN12623000001234"), "utf-8")
    found, _ = records(file)
    assert found[0] == as_landed(a_row())
    assert found[-1] == as_landed(a_row("ACTRN12623000001234"))
    assert all(len(each) < MOST_BYTES for each in found)


def test_a_quotation_mark_too_many_costs_its_own_row_only(file: Path) -> None:
    broken = a_row("UMIN000000001").replace("Psychosis", '"Psychosis')
    after = [a_row(f"UMIN00000000{n}", Condition="a\nb") for n in range(2, 6)]
    file.write_text(a_row() + broken + "".join(after), "utf-8")
    found, is_cut = records(file)
    rows = [each for each in found if len(json.loads(each)) == len(COLUMNS)]
    assert (rows, is_cut) == ([as_landed(each) for each in (a_row(), *after)], False)
    assert len(found) == len(rows) + 1


BOMB = "<?xml version='1.0'?>\n<!DOCTYPE lolz [<!ENTITY lol 'lol'><!ENTITY lol2 '&lol;&lol;'>]>\n" + an_export(
    a_record()
)
NO_EXPORTS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "is empty"),
    "blanks": (b" \n", "is empty"),
    "a page": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "is a web page"),
    "a bomb": (BOMB.encode(), "declares a document type"),
    "a late bomb": (
        (HEAD + a_record() + " " * 9000 + "<!DOCTYPE a [<!ENTITY b 'c'>]>" + a_record()).encode(),
        "declares a document type",
    ),
    "gzip": (b"\x1f\x8b\x08\x00aaa", "is packed (gzip); unpack it"),
    "zip": (b"PK\x03\x04aaa", "is packed (zip)"),
    "binary": (b"\x7fELF\x00\x01", "is no text in UTF-8"),
    "UTF-16": (an_export(a_record()).encode("utf-16"), "is no text in UTF-8"),
    "other XML": (b"<?xml version='1.0'?><allTrials><Trial></Trial></allTrials>", "no export of WHO ICTRP"),
    "JSON": (b'{"studies": []}', "no row of it is a trial of 63 columns"),
    "another CSV": (b"a,b,c\r\n" * 500, "no row of it is a trial of 63 columns"),
    "cut before the first trial's end": (HEAD.encode() + a_record()[:300].encode(), "no whole trial in it"),
    "no trial": (an_export().encode(), "no whole trial in it"),
}


@pytest.mark.parametrize(("sent", "why"), NO_EXPORTS.values(), ids=NO_EXPORTS)
def test_a_file_that_is_no_export_says_so(file: Path, sent: bytes, why: str) -> None:
    file.write_bytes(sent)
    with pytest.raises(ExportError, match=re.escape(why)) as error:
        looked_at(file)
    assert str(file) in str(error.value)
    assert "\n" not in str(error.value)


# -- what a watch takes ----------------------------------------------------------------------------------------


class Landing(list[bytes]):
    """A sink that remembers."""

    write = list.append

    def mark(self) -> int:
        return len(self)

    def rewind(self, mark: int) -> None:
        del self[mark:]


def take(
    file: Path, text: str, question: Question = KETAMINE, held: Mapping[str, str] | None = None
) -> tuple[ictrp.Taken, list[bytes]]:
    """What is taken of a file of this text; ``held`` are the records that are held."""

    def records_held(trial_ids: Iterable[str]) -> Mapping[str, bytes]:
        return {each: kept(held[each]) for each in trial_ids if held and each in held}

    file.write_text(text, "utf-8")
    sink = Landing()
    return ictrp.take(looked_at(file), replace(question, held=records_held), sink, lambda *_: None), sink


def test_a_watch_takes_what_bears_its_terms(file: Path) -> None:
    text = an_export(
        a_record(),
        a_record(
            "UMIN000000001", Condition="Alcohol-use disorders", Public_title="A trial", Scientific_title=None
        ),
        a_record("UMIN000000002", Intervention="Midazolam", Public_title="A trial", Scientific_title=None),
        a_record("UMIN000000003", Condition="Pain", Public_title="A trial", Scientific_title=None),
        a_record("UMIN000000004", Intervention="Hydroxynorketamine", Public_title="", Scientific_title=None),
    )
    taken, landed = take(file, text)
    assert list(taken.collected.found_by) == [TRIAL_ID, "UMIN000000001"]
    assert taken.collected.found_by[TRIAL_ID] == ["ketamine with alcohol use disorder"]
    assert len(landed) == 2
    assert (taken.collected.asked, taken.collected.cut_short, list(taken.sentences())) == ([], None, [])
    assert len(take(file, text, Question(everything=True))[1]) == 5
    assert take(file, text, Question())[1] == []
    followed = take(file, text, Question(followed=("UMIN000000003", "UMIN000000009")))[0].collected
    assert (followed.by_id, followed.found_by) == (["UMIN000000003"], {})


def test_terms_may_stand_anywhere_but_in_who_may_not_take_part(file: Path) -> None:
    text = an_export(a_record(), a_record("UMIN000000001", Exclusion_Criteria="Ibogaine", Secondary_ID="XK-7"))
    assert take(file, text, Question(terms=("ibogaine",)))[1] == []
    assert len(take(file, text, Question(terms=("ibogaine", "xk 7")))[1]) == 1
    assert take(file, text, Question(terms=("1 Road",)))[1] == []
    japanese = an_export(a_record(Condition="重度アルコール依存症の患者"))
    assert len(take(file, japanese, Question(conditions=("アルコール依存症",)))[1]) == 1


OLDER = {"Last_Refreshed_on": "3 August 2026", "Export_date": "08/04/2026 10:42:00"}
EXPORTED_BEFORE = {"Export_date": "09/17/2026 23:00:00"}


@pytest.mark.parametrize("before", [OLDER, EXPORTED_BEFORE, {"Last_Refreshed_on": None, "Export_date": None}])
def test_the_later_record_counts_in_whatever_order_they_come(file: Path, before: dict[str, Any]) -> None:
    later, earlier = a_record(), a_record(Recruitment_Status="Not Recruiting", **before)
    for text in (an_export(earlier, later), an_export(later, earlier)):
        assert take(file, text)[1] == [kept(later)]
    taken, landed = take(file, an_export(earlier), held={TRIAL_ID: later})
    assert landed == [kept(later)]
    assert list(taken.sentences()) == ["of 1 trial a later record is held than that in the file"]
    assert take(file, an_export(later), held={TRIAL_ID: earlier})[1] == [kept(later)]
    assert take(file, an_export(earlier), held={TRIAL_ID: "<Trial><TrialID/></Trial>"})[1] == [kept(earlier)]


def test_trials_of_registries_that_are_asked_are_told_and_not_taken(file: Path) -> None:
    numbers = ("NCT02649231", "ISRCTN85955128", "CTIS2023-503698-40-00")
    text = an_export(a_record(), *map(a_record, numbers))
    taken, landed = take(file, text, held={"ISRCTN85955128": a_record()})
    assert landed == [kept(a_record())]
    assert list(taken.sentences()) == [
        "3 trials of registries that are read by themselves not taken; 2 of them not held from there: "
        "NCT02649231, 2023-503698-40"
    ]
    taken, _ = take(file, an_export(*map(a_record, numbers[:1])), held={"NCT02649231": a_record()})
    assert list(taken.sentences()) == ["1 trial of registries that are read by themselves not taken, all held"]


def test_what_cannot_be_read_is_set_aside_where_it_may_be_ours(file: Path) -> None:
    ours = a_record().replace("<Phase>", "<Phase><b>")
    strange = a_record(Condition="Pain", Public_title="", Scientific_title="").replace("<Phase>", "<Phase><b>")
    taken, landed = take(file, an_export(ours, strange))
    assert (landed, taken.collected.unnamed) == ([kept(ours)], 1)
    assert list(taken.sentences()) == ["1 record that cannot be read and bear none of the terms left out"]
    misaligned = a_row(Condition="Alcohol use disorder").replace(",Japan", ",,Japan")
    taken, landed = take(file, misaligned + a_row("ACTRN12623000001234"))
    assert [len(json.loads(each)) for each in landed] == [64, 63]


def test_a_file_that_was_cut_short_is_told_with_its_trials(file: Path) -> None:
    taken, landed = take(file, an_export(a_record(), a_record("UMIN000000001"))[:-400])
    assert landed == [kept(a_record())]
    assert taken.collected.cut_short == "the file ends before its end: whole trials were taken as far as they go"


def test_a_file_that_cannot_be_read_any_more_says_so(file: Path) -> None:
    file.write_text(an_export(a_record()), "utf-8")
    export = looked_at(file)
    file.unlink()
    with pytest.raises(ExportError, match="cannot be read"):
        ictrp.take(export, KETAMINE, Landing(), lambda *_: None)
    with pytest.raises(ExportError, match="cannot be read"):
        looked_at(file)


MANY = """
import resource, sys
from pathlib import Path
from connectors import ictrp
from connectors.ictrp.export import looked_at
from connectors.registry import Question
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
class Count:
    landed = 0
    def write(self, record): self.landed += 1
    def mark(self): return 0
    def rewind(self, mark): pass
count = Count()
ictrp.take(looked_at(Path(sys.argv[1])), Question(everything=True), count, lambda *_: None)
print(count.landed, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize("form", [a_record, a_row])
def test_a_large_file_takes_little_memory(file: Path, form: Any) -> None:
    large = {"Inclusion_Criteria": "Adults who drink. " * 300}
    records = [form(f"UMIN0000{n:05d}", **large) for n in range(3030)]
    file.write_text(an_export(*records) if form is a_record else "".join(records), "utf-8")
    assert file.stat().st_size > 18_000_000
    done = subprocess.run(
        [sys.executable, "-c", MANY, str(file)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    landed, megabytes = map(int, done.stdout.split())
    assert landed == 3030
    assert megabytes < 16
