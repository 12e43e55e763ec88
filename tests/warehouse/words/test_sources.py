"""What readers are told of a registry: whose it is, who mends an error, and on what terms it is passed on."""

from datetime import datetime

import pytest

from flows.registries import SERVED
from warehouse.words.harmless import plain, web_address
from warehouse.words.sources import data_versions, origin, source
from warehouse.words.vocabulary import rows

KNOWN = [row["registry_name"] for row in rows("registries.csv")]


def test_every_registry_that_is_read_is_known() -> None:
    assert set(SERVED) <= set(KNOWN)
    assert len(KNOWN) == len(set(KNOWN))


@pytest.mark.parametrize("name", KNOWN)
def test_each_says_who_keeps_it_and_what_it_asks(name: str) -> None:
    known = source(name)
    for address in (known.address, known.terms_address):
        assert web_address(address) == address
    assert known.terms.endswith(".")
    assert known.kept_by
    assert "@" in known.errors_to or web_address(known.errors_to)
    assert plain(known.mended) == known.mended
    assert known.terms in known.asks
    assert known.terms_address in known.asks


def test_one_that_nobody_wrote_down_is_told_by_its_name_and_asks_nothing() -> None:
    assert source("drks").title == "drks"
    assert source("drks").asks == ""
    assert source("drks").mended == (
        "An error in a record of drks is mended by who registered the trial: write to them."
    )


def test_who_has_no_address_for_errors_is_not_written_to() -> None:
    assert source("ctis").mended.endswith("them, or as https://euclinicaltrials.eu says where that does not help.")


def test_an_origin_names_each_registry_and_the_day_of_its_data() -> None:
    assert origin([], [], []) == ""
    read = datetime(2026, 9, 15, 2, 30)  # noqa: DTZ001 - as stored
    assert origin(["clinicaltrials.gov", "isrctn"], ["2026-09-14T09:00:04", None], [read, read]) == (
        "From ClinicalTrials.gov, data version 2026-09-14T09:00:04; ISRCTN registry, read 2026-09-15."
    )


def test_a_data_version_stands_alone_or_each_behind_its_registry() -> None:
    read = datetime(2026, 9, 12, 2, 30)  # noqa: DTZ001 - as stored
    assert data_versions(["clinicaltrials.gov"], ["2026-09-11T09:00:04"], [read]) == "2026-09-11T09:00:04"
    assert data_versions(["isrctn"], [None], [read]) == "isrctn read 2026-09-12"
    assert data_versions(
        ["clinicaltrials.gov", "ctis", "ictrp"], ["2026-09-11", None, None], [read, read, None]
    ) == ("clinicaltrials.gov 2026-09-11, ctis read 2026-09-12, ictrp undated")
    assert data_versions([], [], []) == ""
