"""What people call the drug that a record names."""

import pytest

from warehouse.judge.relevance.called import called
from warehouse.words.vocabulary import rows

NAMES = [row for row in rows("drugs.csv") if row["kind"] not in ("mesh", "abbreviation")]


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["Ketamine Hydrochloride 50 mg/ml"], ("ketamine",)),
        (["CI 581a"], ("ketamine",)),
        (["Spravato nasal spray", "ketamine"], ("esketamine", "ketamine")),
        (["Kétamine", "S-Ketamine", "esketamine"], ("ketamine", "esketamine")),
        (["midazolam", None, ""], ()),
    ],
)
def test_a_drug_is_called_as_people_call_it(texts: list[str | None], names: tuple[str, ...]) -> None:
    assert called(texts) == names


@pytest.mark.parametrize("row", NAMES, ids=lambda row: row["name"])
def test_every_name_has_what_it_is_called(row: dict[str, str]) -> None:
    for name in (row["name"], row["name"].upper(), row["name"].replace("-", " ")):
        assert called([f"10 mg {name} daily"])[:1] in ((row["called"],), ()), name
    assert called([row["name"]]) == (row["called"],)
    assert row["called"] in ("ketamine", "esketamine", "arketamine")
