"""The watch that is shipped, at three registries: it finds MORE-KARE among its lookalikes, and tells its end."""

import email
import email.policy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry
from connectors.simulated.ctis import SimulatedCtis
from connectors.simulated.isrctn import SimulatedIsrctn
from flows.endings import Code
from flows.settings import configuration, default_watch
from tests.ctisrecords import KETAMINE_TRIAL, a_row, a_whole
from tests.house import House
from tests.isrctnrecords import MORE_KARE, a_record
from tests.records import a_trial

LOOKALIKES: dict[str, dict[str, Any]] = {
    "another drug": {
        "title": "Naltrexone for reduction of alcohol relapse",
        "scientificTitle": "A phase III trial of naltrexone in alcohol use disorder",
        "intervention": "50 mg a day; no ketamine.",
        "drugNames": "Naltrexone",
    },
    "another disorder": {
        "title": "Ketamine for depression",
        "scientificTitle": "A phase III trial of ketamine in depression without alcohol use disorder",
        "condition": "Depression",
    },
    "pain": {
        "title": "Ketamine for pain after surgery in people who drink alcohol",
        "scientificTitle": "Ketamine for postoperative pain",
        "condition": "Postoperative pain; alcohol drinking before surgery",
    },
    "only shut out": {
        "title": "Ketamine for bipolar depression",
        "scientificTitle": "A trial of ketamine in bipolar depression",
        "condition": "Bipolar depression",
        "exclusion": "1. Alcohol use disorder",
    },
}


@pytest.fixture
def isrctn() -> Iterator[SimulatedIsrctn]:
    with SimulatedIsrctn({MORE_KARE: a_record()}) as made:
        for place, changed in enumerate(LOOKALIKES.values()):
            number = f"ISRCTN0000000{place}"
            made.trials[number] = a_record(number, acronym=None, **changed)
        yield made


@pytest.fixture
def ctis() -> Iterator[SimulatedCtis]:
    with SimulatedCtis() as made:
        made.put(a_row(), a_whole())
        yield made


@pytest.fixture
def house(tmp_path: Path, registry: SimulatedRegistry, isrctn: SimulatedIsrctn, ctis: SimulatedCtis) -> House:
    made = House(tmp_path, registry.url, {"TRIALWATCH_ISRCTN_URL": isrctn.url, "TRIALWATCH_CTIS_URL": ctis.url})
    made.configure(default_watch().read_text("utf-8"))
    made.now = datetime(2026, 7, 30, 2, 30, tzinfo=UTC)
    registry.put(*(a_trial(number) for number in followed() if number.startswith("NCT")))
    return made


def followed() -> tuple[str, ...]:
    return configuration(default_watch()).watches[0].follow


def relevant(house: House) -> set[str]:
    return {row["trial_id"] for row in house.ask("SELECT trial_id FROM trials WHERE is_relevant")}


def mail(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def test_more_kare_is_found_among_its_lookalikes_and_its_end_is_told_on_the_day_after(
    house: House, isrctn: SimulatedIsrctn
) -> None:
    for _ in range(2):  # the 30th and the 31st: the last day belongs to the trial
        assert house.night().ending.code is Code.DONE
    assert relevant(house) == {*followed(), KETAMINE_TRIAL[:-3]}
    assert MORE_KARE in {*followed()}
    assert house.ask("SELECT DISTINCT registry_name FROM runs ORDER BY 1") == [
        {"registry_name": name} for name in ("clinicaltrials.gov", "ctis", "isrctn")
    ]
    assert house.changes() == []
    before = house.mails()
    assert house.night().ending.code is Code.DONE
    (told,) = house.ask("SELECT * FROM changes WHERE trial_id = ?", MORE_KARE)
    assert (told["kind"], told["cause"], told["materiality"]) == ("completed", "calendar", "high")
    (sent,) = (mail(path) for path in house.mails() if path not in before)
    body = sent.get_body(("plain",))
    assert body is not None
    words = " ".join(body.get_content().split())
    assert sent["To"] == "team@example.org"
    assert MORE_KARE in words
    assert "The planned end has passed, and no edit of the record has confirmed it" in words
    assert [number for number in isrctn.trials if number != MORE_KARE and number in words] == []
    house.night()
    assert len(house.mails()) == len(before) + 1


@pytest.mark.slow
def test_it_is_found_by_its_words_too(house: House, isrctn: SimulatedIsrctn) -> None:
    """Whoever follows no number finds it: synonyms aside, a bare word of it will do."""
    shipped = default_watch().read_text("utf-8")
    house.configure(shipped.replace(f'"{MORE_KARE}"', '"NCT02649231"'))
    isrctn.trials[MORE_KARE] = a_record(condition="Problems with alcohol misuse")
    house.night()
    assert MORE_KARE in relevant(house)


@pytest.mark.slow
def test_no_lookalike_of_the_cohort_is_ours_though_it_stood_in_isrctn(
    shared: Path, house: House, isrctn: SimulatedIsrctn
) -> None:
    labelled = {
        ours: json.loads((shared / "cohort" / name).read_text("utf-8"))["trials"]
        for ours, name in ((True, "treatment_trials.json"), (False, "other_ketamine_trials.json"))
    }
    debated = json.loads((shared / "cohort/borderline.json").read_text("utf-8"))["cases"]
    aside = {each["registry_id"] for each in debated}
    of_the_label: dict[str, bool] = {}
    for ours, trials in labelled.items():
        for facts in trials:
            if facts.get("registry_id") not in aside and facts.get("interventions"):
                number = f"ISRCTN{10000000 + len(of_the_label)}"
                of_the_label[number] = ours
                isrctn.trials[number] = in_isrctn(number, facts)
    house.night()
    found = relevant(house) & set(of_the_label)
    assert found == {number for number, ours in of_the_label.items() if ours}


def in_isrctn(number: str, facts: dict[str, Any]) -> str:
    """A trial of the cohort, as ISRCTN would hold it."""
    return a_record(
        number,
        acronym=facts.get("acronym"),
        title=facts.get("title"),
        scientificTitle=facts.get("official_title"),
        condition="\n".join(facts.get("conditions_as_registered") or []) or None,
        intervention=None,
        drugNames=", ".join(each.removeprefix("Drug: ") for each in facts["interventions"]),
    )
