"""What is told to Prefect names nobody, however an address is written or quoted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.with_prefect.told_to_prefect import discreet

WORDS = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="@<>()[],;:\"'"), min_size=1)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("550 5.1.1 <team@example.org>: no such mailbox", "550 5.1.1 <(an address)>: no such mailbox"),
        ("to=team+ketamine@mail.example.org, relay denied", "(an address), relay denied"),
        ('"A. Reader"@example.org is unknown', "(an address) is unknown"),
        ("jürgen@bücher.example: 550", "(an address): 550"),
        ("smtp://user:secret@mail.example.org:587", "smtp://user:(an address):587"),
        ("complete, 1 trial, 0 changes · mail: 1 sent", "complete, 1 trial, 0 changes · mail: 1 sent"),
    ],
)
def test_an_address_is_left_out_and_the_rest_stays(said: str, told: str) -> None:
    assert discreet(said) == told


@given(WORDS, WORDS, st.sampled_from(["{}", "<{}>", "({})", "'{}'", "to {}: refused", "RCPT TO:<{}>"]))
def test_no_address_is_told_whatever_stands_around_it(local: str, domain: str, around: str) -> None:
    assert "@" not in discreet(around.format(f"{local}@{domain}"))


def test_a_password_is_left_out_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIALWATCH_SMTP_URL", "smtp://watch:p4ss@w0rd@mail.example.org")
    assert discreet("no: p4ss@w0rd is wrong") == "no: … is wrong"
