"""What a reader finds in the inbox, read back with the standard library's parser."""

import csv
import email
import email.policy
import io
import json
import random
import re
import zipfile
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from warehouse.tell.cards import MOST_WITH_FACTS
from warehouse.tell.digest import DigestMail, Listed, RegistryNight, ToldChange, WelcomeMail, compose, subject
from warehouse.words.brief import TrialFacts
from warehouse.words.harmless import defused, plain
from warehouse.words.kinds import KINDS
from warehouse.words.markup import marked
from warehouse.words.phrases import CAUSES, status_words
from warehouse.words.values import Line
from warehouse.words.worddiff import Stretch

SEEN = datetime(2026, 3, 3, 4, 10)  # noqa: DTZ001 - as the store keeps it
HEADERS = {
    *("From", "To", "Reply-To", "Date", "Message-ID", "Subject"),
    *("Auto-Submitted", "List-Id", "List-Unsubscribe"),
}
COMPLETED = ToldChange(
    change_id="c-1",
    trial_id="NCT02649231",
    registry_name="clinicaltrials.gov",
    title="Ketamine for Alcohol Relapse",
    url="https://clinicaltrials.gov/study/NCT02649231",
    kind="completed",
    field="overall_status",
    old_value="ACTIVE_NOT_RECRUITING",
    new_value="COMPLETED",
    cause="sponsor",
    materiality="high",
    reason="ACTIVE_NOT_RECRUITING → COMPLETED",
    registry_date=date(2026, 2, 25),
    registry_date_basis="posted",
    observed_at=SEEN,
    substances=("alcohol", "cannabis"),
    overall_status="COMPLETED",
    lead_sponsor="University of Exeter",
)
STOPPED = replace(
    COMPLETED,
    change_id="c-2",
    trial_id="NCT04084860",
    title="Ketamine for Cannabis Use Disorder",
    url="https://clinicaltrials.gov/study/NCT04084860",
    kind="stopped",
    old_value="RECRUITING",
    new_value="TERMINATED",
    reason="RECRUITING → TERMINATED; the sponsor says why: funding ended",
    overall_status="TERMINATED",
    lead_sponsor="Columbia University",
)
RESULTS = replace(
    COMPLETED,
    change_id="c-3",
    trial_id="NCT03345173",
    title="Ketamine for Opioid Use Disorder",
    url="https://clinicaltrials.gov/study/NCT03345173",
    kind="results_posted",
    field="has_results",
    old_value="false",
    new_value="true",
    reason="results were posted",
)
SLIPPED = replace(
    COMPLETED,
    change_id="c-4",
    kind="date_slipped",
    field="primary_completion_date",
    old_value="2025-06",
    new_value="2025-08",
    materiality="low",
    reason="2025-06 → 2025-08: 62 days later",
    cause="registry",
    registry_date=date(2026, 3, 2),
    registry_date_basis="data_version",
)
NIGHT = RegistryNight("clinicaltrials.gov", "2026-03-02T09:00:04", "complete", SEEN, 123)
WHO: dict[str, Any] = {
    "subscription": "addiction-group",
    "watch": "ketamine-sud",
    "recipient": "pi@example.org",
    "sender": "trialwatch <noreply@example.org>",
    "reply_to": "owner@example.org",
    "message_id": "7f3a.pi@trialwatch.example.org",
    "written_at": SEEN,
    "nights": (NIGHT,),
}


def mail(*changes: ToldChange, **more: Any) -> DigestMail:
    return DigestMail(**{**WHO, "changes": changes, **more})


def read(composed: bytes) -> EmailMessage:
    return email.message_from_bytes(composed, policy=email.policy.default)


def text_of(composed: bytes) -> str:
    body = read(composed).get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def html_of(composed: bytes) -> str:
    body = read(composed).get_body(("html",))
    assert body is not None
    return str(body.get_content())


def tables_of(composed: bytes) -> dict[str, list[dict[str, str]]]:
    """The attached tables by file name, those in a ZIP file unpacked."""
    tables = {}
    for part in read(composed).iter_attachments():
        name, content = str(part.get_filename()), part.get_content()
        if name.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                (inside,) = archive.namelist()
                assert inside == name.replace(".zip", ".csv")
                content = archive.read(inside).decode()
        tables[name] = list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"), newline="")))
    return tables


class Elements(HTMLParser):
    """Every element, link and visible letter of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str | None] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page.partition("<body")[2])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.text += " " if tag in ("td", "div", "br", "p", "pre") else ""
        self.attributes.update(name for name, _ in attrs)
        self.links.extend(value for name, value in attrs if name == "href")

    def handle_data(self, data: str) -> None:
        self.text += data


def both(composed: bytes) -> list[str]:
    """The two forms of a mail as they are read, whitespace folded."""
    return [" ".join(form.split()) for form in (text_of(composed), Elements(html_of(composed)).text)]


def test_a_mail_has_these_headers_and_no_others() -> None:
    message = read(compose(mail(COMPLETED)))
    assert set(message.keys()) == HEADERS | {"MIME-Version", "Content-Type"}
    assert {name: message[name].strip() for name in sorted(HEADERS)} == {
        "Auto-Submitted": "auto-generated",
        "Date": "Tue, 03 Mar 2026 04:10:00 +0000",
        "From": "trialwatch <noreply@example.org>",
        "List-Id": "<addiction-group.ketamine-sud.trialwatch>",
        "List-Unsubscribe": "<mailto:owner@example.org?subject=unsubscribe%20addiction-group>",
        "Message-ID": "<7f3a.pi@trialwatch.example.org>",
        "Reply-To": "owner@example.org",
        "Subject": "Completed: Ketamine for Alcohol Relapse (NCT02649231)",
        "To": "pi@example.org",
    }
    assert message.get_content_type() == "multipart/alternative"
    without = read(compose(mail(COMPLETED, reply_to=None)))
    assert without["Reply-To"] == "trialwatch <noreply@example.org>", "an answer must arrive somewhere"
    assert (
        without["List-Unsubscribe"].strip() == "<mailto:noreply@example.org?subject=unsubscribe%20addiction-group>"
    )


def test_the_same_letter_is_the_same_bytes() -> None:
    many = mail(COMPLETED, STOPPED, arrivals=(RESULTS,))
    assert compose(many) == compose(many)
    in_brackets = replace(many, message_id="<7f3a.pi@trialwatch.example.org>")
    aware = replace(many, written_at=SEEN.replace(tzinfo=UTC))
    assert compose(in_brackets) == compose(aware) == compose(many)


def test_a_mail_travels_everywhere() -> None:
    composed = compose(mail(replace(COMPLETED, title="Kétamine – 氯胺酮 " * 40), STOPPED, arrivals=(RESULTS,)))
    assert composed.isascii()
    assert not re.search(rb"[^\r]\n|\r[^\n]", composed)
    assert max(map(len, composed.split(b"\r\n"))) <= 998


def test_a_reader_learns_all_of_a_change() -> None:
    for form in both(compose(mail(STOPPED))):
        assert "Stopped" in form
        assert "Ketamine for Cannabis Use Disorder" in form
        assert "NCT04084860 · clinicaltrials.gov · alcohol, cannabis" in form
        assert "Sponsor: Columbia University" in form
        assert "Stopped: terminated; until now recruiting. The sponsor's reason: “funding ended”." in form
        assert len(re.findall("terminated", form, re.IGNORECASE)) == 1, "one fact is told once"
        assert "Caused by the sponsor; posted 2026-02-25; first seen by us 2026-03-03 04:10 UTC" in form
    assert Elements(html_of(compose(mail(STOPPED)))).links == [STOPPED.url]
    assert str(STOPPED.url) in text_of(compose(mail(STOPPED)))


def test_the_foot_says_where_it_comes_from_and_why() -> None:
    failed = RegistryNight("isrctn", None, "incomplete", SEEN.replace(tzinfo=UTC), None)
    for form in both(compose(mail(COMPLETED, nights=(NIGHT, failed)))):
        assert (
            "clinicaltrials.gov, data version 2026-03-02T09:00:04, 123 trials; read 2026-03-03 04:10 UTC." in form
        )
        assert "The night was complete." in form
        assert "isrctn; read 2026-03-03 04:10 UTC. The night was not complete" in form
        assert "subscription addiction-group to the watch ketamine-sud" in form
        assert "Answer this mail" in form
        assert "not medical advice" in form
        assert "write to them, or to register@clinicaltrials.gov where that does not help." in form
        assert "record of ISRCTN registry" in form
        assert "Before you pass this on" in form
    for form in both(compose(mail(COMPLETED, reply_to=None))):
        assert "Answer this mail" not in form


@pytest.mark.parametrize(
    ("basis", "said"),
    [
        ("posted", "posted 2026-02-25"),
        ("submitted", "submitted 2026-02-25"),
        ("data_version", "seen in the registry's data of 2026-02-25"),
        ("else", "else 2026-02-25"),
        (None, "dated 2026-02-25"),
    ],
)
def test_a_date_comes_with_its_basis_in_words(basis: str | None, said: str) -> None:
    for form in both(compose(mail(replace(COMPLETED, registry_date_basis=basis)))):
        assert said in form


def test_a_missing_date_is_not_made_up() -> None:
    for form in both(compose(mail(replace(COMPLETED, registry_date=None)))):
        assert "no date from the registry; first seen by us 2026-03-03 04:10 UTC" in form


@pytest.mark.parametrize(("cause", "said"), CAUSES.items())
def test_a_reader_learns_whose_doing_it_was(cause: str, said: str) -> None:
    for form in both(compose(mail(replace(COMPLETED, cause=cause)))):
        assert f"Caused by {said}" in form


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([COMPLETED], "Completed: Ketamine for Alcohol Relapse (NCT02649231)"),
        ([RESULTS, STOPPED, COMPLETED], "3 changes: 1 completed, 1 stopped, 1 results posted"),
        ([SLIPPED, COMPLETED], "Completed: Ketamine for Alcohol Relapse; 1 more change (NCT02649231)"),
        ([SLIPPED, STOPPED, STOPPED], "3 changes: 2 stopped, 1 date moved later"),
        ([replace(COMPLETED, title=None)], "Completed: NCT02649231"),
        ([replace(COMPLETED, kind="new_kind")], "New kind: Ketamine for Alcohol Relapse (NCT02649231)"),
    ],
)
def test_a_subject_says_what_happened_to_what(changes: list[ToldChange], said: str) -> None:
    assert subject(mail(*changes)) == said
    assert read(compose(mail(*changes)))["Subject"] == said


def test_a_long_subject_is_shortened_but_keeps_the_id() -> None:
    long = subject(mail(replace(COMPLETED, title="Ketamine and motivational therapy " * 20)))
    assert len(long) <= 120
    assert long.startswith("Completed: Ketamine and motivational therapy")
    assert long.endswith("… (NCT02649231)")
    everything = subject(mail(STOPPED, *(replace(COMPLETED, kind=kind) for kind in KINDS)))
    assert len(everything) < 140
    assert everything.endswith(" other kinds")


def test_what_matters_most_is_told_first() -> None:
    text = text_of(compose(mail(SLIPPED, RESULTS, replace(STOPPED, materiality="low"))))
    assert text.index("Results posted") < text.index("Stopped:") < text.index("date moved 62 days later")


def test_a_to_b_to_a_is_told_in_the_order_in_which_it_happened() -> None:
    later = replace(COMPLETED, change_id="c-9", observed_at=datetime(2026, 3, 5, 4, 10, tzinfo=UTC))
    between = replace(
        COMPLETED, kind="resumed", old_value="COMPLETED", new_value="RECRUITING", observed_at=SEEN.replace(day=4)
    )
    text = text_of(compose(mail(later, between, COMPLETED)))
    assert re.findall(r"^\* ([\w ]*)", text, re.M) == ["Completed", "Went back to an earlier stage", "Completed"]
    assert text.startswith("Completed: Ketamine for Alcohol Relapse; 2 more changes\n")


EXETER = TrialFacts(
    trial_id="NCT02649231",
    registry_name="clinicaltrials.gov",
    title="Ketamine for Alcohol Relapse",
    phases=("PHASE2",),
    allocation="RANDOMIZED",
    masking="DOUBLE",
    enrollment=96,
    enrollment_type="ACTUAL",
    drugs=("ketamine",),
    substances=("alcohol",),
    doses=("0.8 mg/kg",),
    comparators=("midazolam",),
    psychotherapies=("psychotherapy",),
    sites=1,
    cities=("Exeter",),
    countries=("United Kingdom",),
    lead_sponsor="University of Exeter",
)
WHAT = "ketamine 0.8 mg/kg with psychotherapy against midazolam in alcohol use disorder"
PAGE = "https://trials.example.org/index.html"


def test_the_first_line_is_what_a_clinician_would_say_and_the_facts_follow_it() -> None:
    made = mail(COMPLETED, facts={EXETER.trial_id: EXETER}, page_url=PAGE)
    assert subject(made).startswith("Completed: ketamine 0.8 mg/kg with psychotherapy against midazolam")
    assert subject(made).endswith("(NCT02649231)")
    assert len(subject(made)) <= 120
    composed = compose(made)
    assert text_of(composed).splitlines()[0] == f"Completed: {WHAT}; 96 people, Exeter"
    for form in both(composed):
        at = [
            form.index(each) for each in (WHAT, "Ketamine for Alcohol Relapse", "Design:", "Sponsor:", "Caused by")
        ]
        assert at == sorted(at)
        assert "Design: Phase 2, randomised, double-blind, 96 people" in form
    assert f'href="{PAGE}#trial-NCT02649231"' in html_of(composed)
    assert f"Its history: {PAGE}#trial-NCT02649231" in text_of(composed)


def test_a_digest_begins_with_its_summary_and_goes_by_substance() -> None:
    cannabis = replace(STOPPED, substances=("cannabis",))
    alcohol = replace(COMPLETED, substances=("alcohol",))
    text = text_of(compose(mail(cannabis, alcohol, RESULTS, facts={EXETER.trial_id: EXETER})))
    summary = text.splitlines()[2:5]
    assert summary == [
        "3 changes in 3 trials: 1 completed, 1 stopped, 1 results posted.",
        "About cannabis (2), alcohol (2).",
        f"First of all: Completed: {WHAT}; 96 people, Exeter.",
    ]
    assert re.findall(r"^=+ (\w.*)$", text, re.M) == ["Alcohol", "Cannabis", "Alcohol and cannabis"]


def test_trials_of_one_kind_are_not_told_under_headings() -> None:
    composed = compose(mail(COMPLETED, STOPPED))
    assert "======== " not in text_of(composed)
    assert "h3" not in Elements(html_of(composed)).tags


@pytest.mark.parametrize(
    ("now", "said"), [("true", "Counts as relevant now"), ("false", "No longer counts as relevant")]
)
def test_a_change_of_relevance_says_which_way(now: str, said: str) -> None:
    turned = replace(COMPLETED, kind="relevance_changed", field="is_relevant", new_value=now)
    assert subject(mail(turned)) == f"{said}: Ketamine for Alcohol Relapse (NCT02649231)"


def test_a_trial_that_our_page_does_not_show_is_not_linked_to_there() -> None:
    gone = replace(EXETER, is_on_the_page=False)
    for form in both(compose(mail(COMPLETED, facts={EXETER.trial_id: gone}, page_url=PAGE))):
        assert PAGE not in form


def test_several_substances_are_listed_as_one_says_them() -> None:
    many = replace(STOPPED, substances=("alcohol", "cocaine", "opioid"))
    text = text_of(compose(mail(replace(COMPLETED, substances=()), many)))
    assert re.findall(r"^=+ (\w.*)$", text, re.M) == ["No substance named", "Alcohol, cocaine and opioid"]


def test_of_many_trials_the_facts_are_left_to_the_page() -> None:
    many = [replace(STOPPED, trial_id=f"NCT{n:08}", change_id=str(n)) for n in range(MOST_WITH_FACTS + 5)]
    text = text_of(compose(mail(*many)))
    assert text.count("Sponsor: ") == MOST_WITH_FACTS
    assert f"The first {MOST_WITH_FACTS} trials come with their facts; of the others only the change" in text
    assert text.count("Caused by") == len(many)


def test_a_letter_with_nothing_to_tell_is_not_written() -> None:
    with pytest.raises(ValueError, match="nothing to tell"):
        compose(mail())


HOSTILE = (
    "Ketamine\r\nBcc: x@evil.example\r\n\r\n<script>alert(1)</script>"
    "<img src=x onerror=alert(1)>\x00\x1b[31m\u202egnp.exe\u2066\ud800 =?utf-8?q?=0D=0ABcc=3A_x=40evil?= {{ 7*7 }}"
)
DISARMED = (
    "Ketamine Bcc: x@evil.example <script>alert(1)</script>"
    "<img src=x onerror=alert(1)>[31mgnp.exe\ufffd =?utf-8?q?=0D=0ABcc=3A_x=40evil?= {{ 7*7 }}"
)


def test_what_runs_from_right_to_left_has_a_direction_of_its_own() -> None:
    first, then = "דראסה (1)", "دراسة عشوائية (المرحلة 2)"
    retitled = replace(COMPLETED, kind="title_changed", field="title", old_value=first, new_value=then, title=then)
    page = html_of(compose(mail(retitled, replace(STOPPED, title="K (2)"))))
    assert f": <bdi>{then}</bdi></h2>" in page
    assert f"from “<bdi>{first}</bdi>” to “<bdi>{then}</bdi>”" in page
    assert "<bdi>" not in html_of(compose(mail(replace(STOPPED, title="K (2)"))))


def test_words_from_right_to_left_keep_their_order_in_what_differs() -> None:
    gone, came = Stretch("gone", "דראסה (1)"), Stretch("came", "דראסה (2)")
    whole = "<del><bdi>דראסה (1)</bdi></del> → <ins><bdi>דראסה (2)</bdi></ins>"
    assert marked(Line("Measure", (gone, came))) == f"Measure: {whole}"
    partly = "<bdi>דראסה <del>דראסה (1)</del> → <ins>דראסה (2)</ins></bdi>"
    assert marked(Line("Measure", (Stretch("kept", "דראסה "), gone, came))) == f"Measure: {partly}"


def test_hostile_text_adds_neither_header_nor_element_nor_script() -> None:
    texts = [field.name for field in fields(ToldChange) if field.type in (str, str | None)]
    everywhere: dict[str, Any] = dict.fromkeys(texts, HOSTILE)
    hostile = replace(COMPLETED, **everywhere, substances=(HOSTILE,))
    night = RegistryNight(HOSTILE, HOSTILE, HOSTILE, SEEN, 1)
    made = mail(hostile, nights=(night,), arrivals=(hostile,), subscription=HOSTILE, watch=HOSTILE)
    good = read(compose(mail(COMPLETED, arrivals=(COMPLETED,))))
    bad = read(compose(made))
    assert bad.keys() == good.keys()
    assert [part.get_content_type() for part in bad.walk()] == [part.get_content_type() for part in good.walk()]
    assert not any(part.defects for part in bad.walk())
    page, usual = Elements(html_of(compose(made))), Elements(html_of(compose(mail(COMPLETED))))
    assert page.tags - {"span"} <= usual.tags
    assert page.attributes <= usual.attributes
    assert not page.links
    assert DISARMED in page.text
    assert DISARMED in text_of(compose(made))
    assert not set(text_of(compose(made))) & set("\x00\x1b\u202e\u2066")


@pytest.mark.slow
@settings(deadline=None, database=None, max_examples=200)
@given(st.text(st.characters(), max_size=150))
@example("0 0¡𐀀𐀀𐀀𐀀𐀀𐀀𐀀 ¡")  # the library's own folding loses the second blank
@example("a =?utf-8?q?=0D=0ABcc=3A_x=40evil.example?= b")
@example("A" * 150)
def test_any_title_at_all_arrives_as_it_was_meant(title: str) -> None:
    made = mail(replace(COMPLETED, title=title))
    composed = compose(made)
    message = read(composed)
    assert set(message.keys()) == HEADERS | {"MIME-Version", "Content-Type"}
    assert message["Subject"] == subject(made)
    assert plain(title) in text_of(composed)
    assert plain(title) in Elements(html_of(composed)).text
    assert max(map(len, composed.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://a.org/\r\nBcc: x@evil.example",
        'https://a.org/"onmouseover="alert(1)',
        "https://a.org/<script>",
        "https://us:pw@a.org/",
        "https://a.org/\u202e",
        "https:/a.org",
        "//a.org",
        " https://a.org",
        "https://a.org/" + "x" * 3000,
        "",
        None,
    ],
)
def test_only_a_clean_web_address_becomes_a_link(url: str | None) -> None:
    composed = compose(mail(replace(COMPLETED, url=url)))
    assert Elements(html_of(composed)).links == []
    assert "NCT02649231" in text_of(composed)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("a\r\n\tb  c\u2028d\x85e", "a b c d e"),
        ("a\x00b\x1b[0m\x7f\x9b", "ab[0m"),
        ("\u202eabc\u2066\u200f\ufeff\u00ad", "abc"),
        ("\ud800x\udfff", "\ufffdx\ufffd"),
        ("نمی\u200cخواهم", "نمی\u200cخواهم"),
        (None, ""),
    ],
)
def test_text_is_made_plain(said: str | None, meant: str) -> None:
    assert plain(said) == meant


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_a_spreadsheet_takes_no_cell_for_a_formula(start: str) -> None:
    assert defused(f"{start}1+1") == f"'{start}1+1"
    formula = replace(COMPLETED, title=f'{start}HYPERLINK("http://evil.example";"x")')
    (row,) = tables_of(compose(mail(arrivals=(formula,))))["new-trials.csv"]
    assert row["title"][0] in "'H"
    assert defused("NCT02649231") == "NCT02649231"
    assert defused(None) == ""


def test_active_not_recruiting_is_neither_recruiting_nor_completed() -> None:
    assert status_words("ACTIVE_NOT_RECRUITING") == "Active, not recruiting"
    assert status_words("NOT_YET_RECRUITING") == "Not yet recruiting"
    assert status_words("A_STATUS_OF_2031") == "A status of 2031"


def test_of_a_changed_list_a_reader_sees_what_went_and_what_came() -> None:
    kept = {"measure": "Craving", "timeFrame": "3 months"}
    gone, came = {"measure": "Relapse", "timeFrame": "6 months"}, {"measure": "<b>Liking</b>"}
    changed = replace(
        COMPLETED,
        kind="outcomes_changed",
        field="trial_outcomes",
        old_value=json.dumps({"primaryOutcomes": [gone, kept]}),
        new_value=json.dumps({"primaryOutcomes": [kept, came]}),
    )
    for form in both(compose(mail(changed))):
        assert (
            "Outcomes changed. − Primary outcome: Relapse · 6 months + Primary outcome: <b>Liking</b> Caused"
            in form
        )
        assert "Craving" not in form


def test_what_is_appended_to_a_long_text_is_told_and_what_stayed_is_not() -> None:
    criteria = "Adults with alcohol use disorder. " * 60
    changed = replace(
        COMPLETED,
        kind="eligibility_changed",
        field="eligibilityModule",
        old_value=json.dumps({"eligibilityCriteria": criteria}),
        new_value=json.dumps({"eligibilityCriteria": f"{criteria}Aged 18 to 70."}),
    )
    composed = compose(mail(changed))
    text, page = both(composed)
    assert "Criteria: … use disorder. Adults with alcohol use disorder. [+ Aged 18 to 70.] Caused" in text
    assert "Criteria: … use disorder. Adults with alcohol use disorder. Aged 18 to 70. Caused" in page
    assert "<ins>Aged 18 to 70.</ins>" in html_of(composed)
    assert len(text) < 1200
    assert not list(read(composed).iter_attachments()), "nothing was left out"


def test_of_a_long_list_a_reader_is_told_how_many_entries_are_missing_and_where_they_are() -> None:
    sites = [{"facility": f"Hospital {number}", "city": "Exeter"} for number in range(40)]
    changed = replace(
        COMPLETED, kind="sites_changed", field="trial_sites", old_value=None, new_value=json.dumps(sites)
    )
    composed = compose(mail(changed))
    for form in both(composed):
        assert "+ Site: Hospital 5 · Exeter" in form
        assert "Hospital 8" not in form
        assert "(32 further differences not shown here, but in the attached changes.csv)" in form
    (row,) = tables_of(composed)["changes.csv"]
    assert row["new_value"] == plain(json.dumps(sites))


@pytest.mark.parametrize("value", ["[", "{]", "[" * 100_000, "[1", '{"a": NaN', "{" * 5000])
def test_a_value_that_only_looks_like_json_is_shown_as_text(value: str) -> None:
    changed = replace(COMPLETED, kind="record_changed", field=None, old_value=value, new_value="{}")
    for form in both(compose(mail(changed))):
        assert value[:60] in form


def test_a_status_that_was_not_there_before_is_no_word_of_a_program() -> None:
    for form in both(compose(mail(replace(COMPLETED, old_value=None)))):
        assert "Completed; until now without a status." in form


CRITERIA = "Adults with alcohol use disorder, moderate or severe, confirmed by a structured interview. "
OUTCOMES = [
    {"measure": f"Measure {n} of craving", "timeFrame": "6 months", "description": CRITERIA * 2} for n in range(6)
]
KINDS_OF_LONG_CHANGES: tuple[dict[str, Any], ...] = (
    {
        "kind": "eligibility_changed",
        "field": "eligibilityModule",
        "old_value": json.dumps({"eligibilityCriteria": CRITERIA * 40}),
        "new_value": json.dumps({"eligibilityCriteria": CRITERIA * 40 + "No history of psychosis; no pregnancy."}),
        "materiality": "low",
    },
    {
        "kind": "outcomes_changed",
        "field": "trial_outcomes",
        "old_value": json.dumps({"secondaryOutcomes": OUTCOMES}),
        "new_value": json.dumps({"secondaryOutcomes": [*OUTCOMES[:3], OUTCOMES[3] | {"timeFrame": "9 months"}]}),
        "materiality": "medium",
    },
    {},
    {
        "kind": "date_slipped",
        "field": "completion_date",
        "old_value": "2026-06",
        "new_value": "2027-01",
        "materiality": "medium",
    },
)


@pytest.mark.sampled
@pytest.mark.parametrize("count", [50, 90, 300, 3500])
def test_the_page_form_stays_below_what_gmail_shows_and_says_what_did_not_fit(count: int) -> None:
    title = "A Randomised, Double-Blind, Placebo-Controlled Trial of Ketamine Infusions for Alcohol Use Disorder "
    changes = [
        replace(
            STOPPED,
            change_id=f"c-{number}",
            trial_id=f"NCT{number:08}",
            title=f"{title}{number}",
            **KINDS_OF_LONG_CHANGES[number % 4],
        )
        for number in range(count)
    ]
    composed = compose(mail(*changes))
    body = read(composed).get_body(("html",))
    assert body is not None
    assert len(body.as_bytes()) < 100_000
    text, page = both(composed)
    shown = page.count("Caused by")
    assert shown >= 75 if count >= 90 else shown == count
    assert page.count("Stopped: terminated") >= min(shown, count // 4), "the most material come first"
    tables = list(tables_of(composed).values())
    assert len(tables) == (shown < count)
    for table in tables:
        assert {row["change_id"] for row in table} == {told.change_id for told in changes}
    for form in (text, page):
        told = form.count("Caused by")
        if told < count:
            assert (
                f"Here are the {told:,} most material of {count:,} changes; {count - told:,} more did not fit."
                in form
            )
            assert re.search(r"All of them are in the attached changes\.(csv|zip)", form)
    if count <= 300:
        assert text.count("Caused by") == count


def test_a_few_changes_of_the_widest_letters_are_cut_by_the_same_rule() -> None:
    wide = json.dumps([{"facility": "\U00020000" * 200 + str(number)} for number in range(8)])
    changes = [
        replace(STOPPED, change_id=f"c-{number}", kind="sites_changed", old_value=None, new_value=wide)
        for number in range(60)
    ]
    composed = compose(mail(*changes))
    body = read(composed).get_body(("html",))
    assert body is not None
    assert len(body.as_bytes()) < 100_000
    assert "most material of 60 changes" in both(composed)[1]
    assert len(tables_of(composed)["changes.csv"]) == 60


def test_a_table_opens_in_excel_with_its_letters_right() -> None:
    composed = compose(mail(arrivals=(replace(COMPLETED, title="Kétamine – 氯胺酮"),)))
    (part,) = read(composed).iter_attachments()
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert content.startswith(b"\xef\xbb\xbf" + b"trial_id,")
    assert "Kétamine – 氯胺酮".encode() in content


@pytest.mark.slow
def test_a_table_too_large_to_send_is_packed_and_keeps_every_letter() -> None:
    huge = "x" * 30_000
    bare = replace(COMPLETED, kind="record_changed", field="descriptionModule", old_value=None)
    many = [replace(bare, change_id=f"c-{number}", new_value=huge) for number in range(400)]
    composed = compose(mail(*many))
    table = tables_of(composed)["changes.zip"]
    assert [row["change_id"] for row in table] == [told.change_id for told in many]
    assert {row["new_value"] for row in table} == {huge}
    assert "attached changes.zip" in text_of(composed)
    assert "shortened" not in text_of(composed)
    assert compose(mail(*many)) == composed


def test_a_table_too_large_even_when_packed_has_its_cells_shortened_and_keeps_every_row() -> None:
    chance = random.Random(7)
    many = [
        replace(COMPLETED, change_id=f"c-{number}", new_value=chance.randbytes(7_500).hex())
        for number in range(1000)
    ]
    composed = compose(mail(arrivals=tuple(many)))
    table = tables_of(composed)["new-trials.zip"]
    assert [row["change_id"] for row in table] == [told.change_id for told in many]
    assert {len(row["new_value"]) for row in table} == {1000}
    assert len(composed) < 10_000_000
    assert "attached new-trials.zip, with long cells shortened" in " ".join(text_of(composed).split())


def test_a_bulk_arrival_is_one_line_with_its_number_and_a_list() -> None:
    arrivals = tuple(
        replace(
            COMPLETED,
            change_id=f"a-{number}",
            trial_id=f"NCT{number:08}",
            kind="registered",
            substances=("alcohol", "cannabis") if number % 3 == 0 else ("alcohol",),
        )
        for number in range(3501)
    )
    made = mail(arrivals=arrivals)
    assert subject(made) == "3,501 new trials: 3,501 alcohol, 1,167 cannabis"
    composed = compose(made)
    assert [row["trial_id"] for row in tables_of(composed)["new-trials.csv"]] == [a.trial_id for a in arrivals]
    for form in both(composed):
        assert "3,501 new trials came into the watch in one night: 3,501 alcohol, 1,167 cannabis" in form
        assert "new-trials.csv" in form
        assert "Caused by" not in form
    together = mail(COMPLETED, arrivals=arrivals)
    assert subject(together).startswith("Completed: Ketamine for Alcohol Relapse (NCT02649231); 3,501 new trials")


WELCOME = WelcomeMail(
    **WHO,
    kinds=("completed", "results_posted"),
    substances=("alcohol", "cannabis"),
    by_status=(("Active, not recruiting", 4), ("Completed", 1041)),
    by_substance=(("alcohol", 31), ("cannabis<script>", 3)),
    trials=2131,
    relevant=1066,
)


def test_a_welcome_says_what_the_watch_holds_and_what_will_be_told() -> None:
    assert subject(WELCOME) == "Now watching: ketamine-sud (1,066 trials)"
    composed = compose(WELCOME)
    assert composed == compose(WELCOME)
    assert set(read(composed).keys()) == HEADERS | {"MIME-Version", "Content-Type"}
    assert "script" not in Elements(html_of(composed)).tags
    for form in both(composed):
        assert "1,066 relevant trials of 2,131 found" in form
        assert re.search(r"Active, not recruiting:? 4 ", form)
        assert re.search(r"Completed:? 1,041 ", form)
        assert re.search(r"alcohol:? 31 cannabis<script>:? 3 ", form)
        assert re.search(r"You will be told:? completed, results posted", form)
        assert "alcohol or cannabis" in form
        assert "not medical advice" in form


def test_a_welcome_lists_the_trials_by_what_they_are_about() -> None:
    cannabis = replace(
        EXETER, trial_id="NCT04084860", substances=("cannabis",), drugs=(), title="Ketamine & <cannabis>"
    )
    listed = (
        Listed(EXETER, "COMPLETED", "https://clinicaltrials.gov/study/NCT02649231"),
        Listed(cannabis, None, "javascript:alert(1)"),
    )
    composed = compose(replace(WELCOME, listed=listed))
    for form in both(composed):
        assert f"NCT02649231 {WHAT}; 96 people, Exeter · Completed" in form
        assert "NCT04084860 Ketamine & <cannabis>" in form
        assert (
            form.index("Alcohol") < form.index("NCT02649231") < form.index("Cannabis") < form.index("NCT04084860")
        )
    assert 'href="https://clinicaltrials.gov/study/NCT02649231"' in html_of(composed)
    assert "javascript" not in html_of(composed)
    assert "https://clinicaltrials.gov/study/NCT02649231" in text_of(composed)
    served = html_of(compose(replace(WELCOME, listed=listed, page_url=PAGE)))
    assert f'href="{PAGE}#trial-NCT04084860"' in served


def test_a_welcome_to_very_many_trials_fits_and_says_how_many_are_left_out() -> None:
    listed = tuple(Listed(replace(EXETER, trial_id=f"NCT{n:08}"), "COMPLETED", None) for n in range(2000))
    composed = compose(replace(WELCOME, listed=listed, page_url=PAGE))
    body = read(composed).get_body(("html",))
    assert body is not None
    assert len(body.as_bytes()) < 100_000
    text, page = both(composed)
    assert text.count(WHAT) == 2000
    shown = page.count(WHAT)
    assert 200 < shown < 2000
    assert f"{2000 - shown:,} more did not fit" in page


def test_a_welcome_to_a_subscription_without_terms_says_so() -> None:
    for form in both(compose(replace(WELCOME, kinds=(), substances=(), by_substance=(), relevant=1))):
        assert "every change of high or medium materiality" in form
        assert "any substance" in form
        assert "1 relevant trial of" in form


@pytest.mark.parametrize(
    "recipient",
    [
        *("pi@example.org\r\nBcc: x@evil.example", "pi", "", "a@b.org, c@d.org"),
        *("pi@example..org", "pi@" + "é" * 64 + ".org"),  # no domain name has such a part
    ],
)
def test_an_unfit_recipient_spoils_no_night_and_reaches_no_header(recipient: str) -> None:
    message = read(compose(mail(COMPLETED, recipient=recipient)))
    assert message["To"] == "undisclosed-recipients:;"
    assert "Bcc" not in message


@pytest.mark.parametrize(
    "wrong",
    [
        {"sender": "nobody"},
        {"sender": "us@example.org\r\nBcc: x@evil.example"},
        {"sender": "us <us@example..org>"},
        {"reply_to": "a@b.org, c@d.org"},
        {"message_id": "no at"},
        {"message_id": "a@b>\r\nBcc: x@evil.example"},
    ],
)
def test_our_own_settings_must_be_right(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"TRIALWATCH_MAIL_FROM|Message-ID"):
        compose(mail(COMPLETED, **wrong))


def test_names_and_addresses_outside_ascii_survive() -> None:
    message = read(compose(mail(COMPLETED, sender='Jürgen "J" \r\n<us@exämple.org>', recipient="a@exämple.org")))
    assert message["From"].addresses[0].display_name == "Jürgen J"
    assert message["From"].addresses[0].addr_spec == "us@xn--exmple-cua.org"
    assert message["To"] == "a@xn--exmple-cua.org"
    message = read(compose(mail(COMPLETED, recipient="a@straße.example")))
    assert message["To"] == "a@xn--strae-oqa.example", "the same as the mail server is told, and nobody else's"
    composed = compose(mail(COMPLETED, recipient="jürgen@example.org"))
    assert "To: jürgen@example.org\r\n".encode() in composed
