"""A sentence for each kind of change: said once, in words, with nothing of a program in it."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.words.kinds import KINDS
from warehouse.words.sentences import once, saying


def said(
    kind: str, field: str | None, old: str | None, new: str | None, reason: str, cause: str = "sponsor"
) -> str:
    told = saying(
        {"kind": kind, "field": field, "old_value": old, "new_value": new, "cause": cause, "reason": reason}
    )
    return "\n".join([str(told), *map(str, told.lines), *filter(None, [told.cut])])


STATUS = "overall_status"
CASES = [
    ("completed", STATUS, "ACTIVE_NOT_RECRUITING", "COMPLETED", "ACTIVE_NOT_RECRUITING → COMPLETED"),
    (
        "completed",
        STATUS,
        "No longer recruiting",
        "Completed",
        "No longer recruiting → Completed: the planned end has passed and no edit has confirmed it",
    ),
    (
        "stopped",
        STATUS,
        "RECRUITING",
        "TERMINATED",
        "RECRUITING → TERMINATED; the sponsor says why: COVID-19; funding ended.",
    ),
    ("stopped", STATUS, "NOT_YET_RECRUITING", "WITHDRAWN", "NOT_YET_RECRUITING → WITHDRAWN"),
    (
        "lapsed",
        STATUS,
        "RECRUITING",
        "UNKNOWN",
        "the registry made it UNKNOWN; last known status RECRUITING, not verified since 2024-05",
    ),
    ("returned", STATUS, "UNKNOWN", "ACTIVE_NOT_RECRUITING", "UNKNOWN → ACTIVE_NOT_RECRUITING"),
    ("resumed", STATUS, "TERMINATED", "RECRUITING", "TERMINATED → RECRUITING"),
    ("recruiting", STATUS, "NOT_YET_RECRUITING", "RECRUITING", "NOT_YET_RECRUITING → RECRUITING"),
    (
        "status_changed",
        STATUS,
        None,
        "PAUSED_2031",
        "no status → PAUSED_2031 (a status that trialwatch does not know)",
    ),
    (
        "date_actual",
        "primary_completion_date",
        "2026-03",
        "2026-03-14",
        "2026-03 → 2026-03-14 (ESTIMATED → ACTUAL): the expected day became the real one",
    ),
    ("date_actual", "start_date", "2026-03-14", "2026-03-14", "2026-03-14 → 2026-03-14 (ESTIMATED → ACTUAL): …"),
    ("date_refined", "completion_date", "2026-10", "2026-10-31", "2026-10 → 2026-10-31: the same date"),
    ("date_refined", "completion_date", "2026-10-31", "2026-10", "2026-10-31 → 2026-10: the same date"),
    ("date_refined", "start_date", None, "2026-10", "no date → 2026-10 (no type → ESTIMATED): a date where …"),
    ("date_refined", "start_date", "2026-10", "2026-10", "2026-10 → 2026-10 (ACTUAL → ESTIMATED): the same date"),
    ("date_slipped", "completion_date", "2026-06", "2026-09", "2026-06 → 2026-09: 92 days later"),
    ("date_advanced", "start_date", "2026-06-02", "2026-06-01", "2026-06-02 → 2026-06-01: 1 days earlier"),
    ("results_posted", "has_results", "false", "true", "results were posted"),
    ("results_withdrawn", "has_results", "true", "false", "results are gone"),
    ("enrollment_changed", "enrollment", "60", "42", "60 → 42 participants (ESTIMATED → ACTUAL)"),
    ("enrollment_changed", "enrollment", None, "42", "an unknown number of → 42 participants"),
    ("enrollment_changed", "enrollment_type", "ESTIMATED", "ACTUAL", "42 participants (ESTIMATED → ACTUAL)"),
    (
        "outcomes_changed",
        "trial_outcomes",
        '{"primaryOutcomes":[{"measure":"Drinking days"}]}',
        '{"primaryOutcomes":[{"measure":"Craving"}]}',
        "1 primary outcome of 1 reworded or replaced",
    ),
    ("arms_changed", "trial_interventions", '[{"name":"Saline"}]', None, "1 intervention gone"),
    (
        "eligibility_changed",
        "eligibilityModule",
        '{"maximumAge":"65 Years"}',
        '{"maximumAge":"70 Years"}',
        "maximumAge changed",
    ),
    (
        "sponsor_changed",
        "trial_sponsors",
        '{"leadSponsor":{"class":"OTHER","name":"A University"}}',
        '{"leadSponsor":{"class":"INDUSTRY","name":"B Pharma"},"collaborators":[{"name":"C"}]}',
        "lead sponsor A University → B Pharma",
    ),
    ("sites_changed", "trial_sites", None, '[{"city":"Exeter","facility":"Clinic"}]', "1 site new"),
    ("sites_changed", "trial_sites", "[]", "[]", "contacts or coordinates of the same sites"),
    ("why_stopped_changed", "why_stopped", None, "Funding ended", "the sponsor says why: Funding ended"),
    ("why_stopped_changed", "why_stopped", "Funding ended", None, "the reason for stopping is gone"),
    ("title_changed", "acronym", "KARE", "MORE-KARE", "the acronym changed"),
    ("conditions_changed", "trial_conditions", '["Alcohol"]', '["Alcohol","Cannabis"]', "1 condition new"),
    (
        "publication_added",
        "trial_publications",
        '[{"pmid":"1"}]',
        '[{"pmid":"1"},{"pmid":"2"}]',
        "1 publication added",
    ),
    (
        "overdue",
        "is_overdue",
        "false",
        "true",
        "still ACTIVE_NOT_RECRUITING, though expected to end by 2026-03: 166 days overdue",
    ),
    ("discovered", "watch_members", None, "ketamine-sud", "found by search: query.cond=alcohol"),
    ("registered", "watch_members", None, "ketamine-sud", "found by search: query.cond=alcohol"),
    ("registered", "watch_members", None, "ketamine-sud", "NCT10000001 was merged into it"),
    ("reentered_watch", "watch_members", None, "ketamine-sud", "found by search: x"),
    (
        "left_watch",
        "watch_members",
        "ketamine-sud",
        None,
        "left the search: no search of the watch returns it any more, though its text is the same",
    ),
    (
        "merged",
        "trial_id",
        "NCT1",
        "NCT2",
        "the registry now answers with NCT2, into which it was merged",
    ),
    ("removed", "trial_id", "NCT1", None, "the registry says: 404 Not Found"),
    ("restored", "trial_id", None, "NCT1", "it had been removed and is there again"),
    ("relevance_changed", "is_relevant", "true", "false", "the condition “Healthy Volunteers” decides"),
    ("relevance_changed", "is_relevant", "false", "true", "ketamine is given for alcohol use disorder"),
    (
        "results_changed",
        "trial_results",
        '{"outcomeMeasures":[{"measure":"Drinking","values":["Ketamine: 12.3 ± 4, n = 48"]}]}',
        '{"outcomeMeasures":[{"measure":"Drinking","values":["Ketamine: 11.9 ± 4, n = 48"]}]}',
        "1 outcome measure changed",
    ),
    ("results_changed", "trial_results", None, None, "limitations reworded"),
    (
        "record_changed",
        "descriptionModule",
        '{"briefSummary":"Old."}',
        '{"briefSummary":"New."}',
        "briefSummary changed",
    ),
    (
        "record_changed",
        "contactsLocationsModule",
        None,
        None,
        "centralContacts changed (not shown: it may name people)",
    ),
    ("record_changed", "drug_role", "adjunct", "treatment", "…"),
]
SAID = """\
Completed; until now active, not recruiting.
Completed; until now no longer recruiting. The planned end has passed and no edit has confirmed it.
Stopped: terminated; until now recruiting. The sponsor's reason: “COVID-19; funding ended.”
Stopped: withdrawn; until now not yet recruiting. No reason is given.
Lapsed to unknown: the registry itself set the status. Last known status recruiting, not verified since 2024-05.
Status known again: active, not recruiting.
Went back to an earlier stage: recruiting; until now terminated.
Now recruiting; until now not yet recruiting.
Status changed: paused 2031; until now without a status. A status that trialwatch does not know.
Primary completion date is now actual: 2026-03-14; 2026-03 was expected.
Start date is now actual: 2026-03-14, as it was expected.
Completion date made more precise: 2026-10-31, before 2026-10.
Completion date made less precise: 2026-10, before 2026-10-31.
Start date given for the first time: 2026-10.
Start date stays 2026-10; it was actual and is now estimated.
Completion date moved 92 days later, from 2026-06 to 2026-09.
Start date moved 1 day earlier, from 2026-06-02 to 2026-06-01.
Results posted in the registry.
Results withdrawn: the registry no longer shows any.
Enrollment changed from 60 to 42 participants; the number was estimated and is now actual.
Enrollment changed from an unknown number to 42 participants.
Enrollment of 42 participants is now actual; it was estimated.
Outcomes changed.
− Primary outcome: Drinking days
+ Primary outcome: Craving
Interventions changed.
− Intervention: Saline
Eligibility changed.
Maximum age: 65 Years → 70 Years
Lead sponsor changed from A University to B Pharma.
+ Collaborator: C
Sites changed.
+ Site: Clinic · Exeter
Sites changed. Contacts or coordinates of the same sites.
Reason for stopping given: “Funding ended”.
Reason for stopping taken back; it was “Funding ended”.
Acronym changed from “KARE” to “MORE-KARE”.
Conditions changed.
+ Condition: Cannabis
Publication added.
+ Publication: 2
Overdue: still active, not recruiting, though expected to end by 2026-03: 166 days overdue.
Newly found: posted earlier, and in this watch only now.
Newly registered.
Newly registered. NCT10000001 was merged into it.
Back in the watch.
Left the watch. No search of the watch returns it any more, though its text is the same.
Merged into NCT2: the registry answers with that record when it is asked for this one.
Removed from the registry. The registry says: 404 Not Found.
Back in the registry. It had been removed and is there again.
No longer counts as relevant. The condition “Healthy Volunteers” decides.
Counts as relevant now. Ketamine is given for alcohol use disorder.
Posted results changed.
Outcome measure “Drinking”, value: Ketamine: 12.3 ± 4, n = 48 → Ketamine: 11.9 ± 4, n = 48
Posted results changed. Limitations reworded.
Description changed.
Brief summary: Old. → New.
Contacts and locations changed. Central contacts changed (not shown: it may name people).
Drug role changed.
adjunct → treatment
"""


def test_every_kind_is_one_sentence() -> None:
    assert "\n".join(said(*case) for case in CASES) == SAID.strip()
    assert {case[0] for case in CASES} == KINDS.keys()


@pytest.mark.parametrize("kind", [*KINDS, "a_kind_of_2031"])
@settings(deadline=None, database=None, max_examples=25)
@given(
    st.sampled_from(["overall_status", "trial_outcomes", "is_relevant", "xModule", None]),
    st.none() | st.text(max_size=30) | st.sampled_from(["true", "[]", '{"leadSponsor":[]}', '{"a":{"b":[1]}}']),
    st.none() | st.text(max_size=30) | st.sampled_from(["false", '[{"name":"x"}]', '{"leadSponsor":{"name":1}}']),
    st.text(max_size=60),
)
def test_any_change_at_all_can_be_said(kind: str, field: Any, old: Any, new: Any, reason: str) -> None:
    told = saying(
        {"kind": kind, "field": field, "old_value": old, "new_value": new, "cause": "x", "reason": reason}
    )
    assert told.lead[0].isupper()
    assert str(told).rstrip()[-1] in ".!?”…"
    assert "None" not in str(told) or "none" in f"{old}{new}{reason}".lower()
    assert len(str(told)) < 2000


def test_a_sponsors_words_are_left_as_they_were_written() -> None:
    text = said(
        "stopped", STATUS, "RECRUITING", "TERMINATED", "RECRUITING → TERMINATED; the sponsor says why: COMPLETED"
    )
    assert text.endswith("“COMPLETED”.")
    assert not re.search(r"RECRUITING|TERMINATED", text)


def test_where_not_every_difference_can_be_shown_the_reason_counts_them() -> None:
    sites = json.dumps([{"facility": f"Hospital {number}"} for number in range(40)])
    text = said("sites_changed", "trial_sites", None, sites, "40 sites new")
    assert text.startswith("Sites changed. 40 sites new.\n+ Site: Hospital 0\n")
    assert text.endswith("\n32 further differences")


def test_parts_of_a_record_are_named_in_words_and_not_by_their_keys() -> None:
    old, new = (json.dumps({"eligibilityCriteria": f"{word} " * 400}) for word in ("then", "now"))
    text = said("eligibility_changed", "eligibilityModule", old, new, "eligibilityCriteria changed")
    assert text.startswith("Eligibility changed. Eligibility criteria changed.\n")


def test_the_reason_for_stopping_is_told_once_a_night() -> None:
    stop = {"kind": "stopped", "reason": "RECRUITING → TERMINATED; the sponsor says why: Funding"}
    why = {"kind": "why_stopped_changed", "reason": "the sponsor says why: Funding"}
    other = {"kind": "why_stopped_changed", "reason": "the sponsor says why: Slow accrual"}
    assert once([stop, why]) == [stop]
    assert once([stop, other]) == [stop, other]
    assert once([why]) == [why]
