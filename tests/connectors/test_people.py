"""People in texts: their addresses and numbers give way to a word, and nothing else does."""

import pytest

from connectors.people import LEAST_DIGITS, may_bear_addresses, people, without_addresses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to a.b-c@mail.example.org.", "Write to [mail address]."),
        ("jane.roe [at] clinic.example", "[mail address]"),
        ("Ask Jane (jane@clinic.example)", "Ask Jane ([mail address])"),
        ("Call 0800 123 4567 to take part", "Call [phone number] to take part"),
        ("Tel. +43 50 1255 1255; insurance", "Tel. [phone number]; insurance"),
        ("Telephone: (01392) 555 019", "Telephone: [phone number]"),
        ("reach us on +44 (0)1392 555-019", "reach us on [phone number]"),
        ("(1-877-285-4559, 1-317-615-4559) Mon - Fri", "([phone number], [phone number]) Mon - Fri"),
        ("or (877) 285-4559.", "or [phone number]."),
        ("or 877.285.4559", "or [phone number]"),
        ("call +44 1392 555 019 (10 mg/kg)", "call [phone number] (10 mg/kg)"),
        ("(call 0800 123 4567) 10 mg", "(call [phone number]) 10 mg"),
        ("Call 0800 123 4567. 10 mg are given", "Call [phone number]. 10 mg are given"),
        ("Call 0800 123 4567\n10 mg are given", "Call [phone number]\n10 mg are given"),
        ("Call 0800 123 4567\n2. Ask for the nurse", "Call [phone number]\n2. Ask for the nurse"),
        ("Call 555 1234. 555 4321 or write", "Call [phone number] or write"),
        ("Tel. 01392. 555. 019", "Tel. [phone number]"),
        ("Phone +43 50 1255 (1255)", "Phone [phone number])"),
    ],
)
def test_an_address_or_a_number_gives_way_to_a_word(text: str, expected: str) -> None:
    assert without_addresses(text) == expected
    assert may_bear_addresses(text.encode())
    assert without_addresses(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "0.5 mg/kg over 40 minutes, then 0.8 mg/kg",
        "NCT02649231, EudraCT 2015-000222-11, doi: 10.1001/jama.296.20.2451",
        "aged 18-65; contact between 2019-2021",
        "contacted on 2026-09-11 and 2026-09-12",
        "platelets 100 000 to 400 000, ER+2, CD4+ 200",
        "the telescope of 12 lenses",
        "JAMA. 2006 Nov 22;296(20):2441-50.",
        "INTR@PID",
        "",
    ],
)
def test_other_numbers_stand(text: str) -> None:
    assert without_addresses(text) == text


def test_whom_a_record_names_is_found_however_it_is_written() -> None:
    found = people(
        ["Jane Q. Roe, MD, PhD", "Prof. Ann Other", "Study Director", "Li"],
        ["+44 1392 555 019", "12"],
        [" jane at clinic ", ""],
    )
    assert found.names == {"Jane Q. Roe", "Ann Other"}
    assert found.phones == {"441392555019"}
    assert all(len(phone) >= LEAST_DIGITS for phone in found.phones)
    text = (
        "Study Director Jane Q. Roe (jane at clinic), or Dr. Roe, 44-1392-555019 or 44 1392 555019; Prof Ann Other"
    )
    there = found.within(text.encode())
    assert there is not None
    told = there.removed_from(text)
    assert told == (
        "Study Director [name] ([mail address]), or Dr. [name], [phone number] or [phone number]; Prof [name]"
    )
    assert found.within(b"Roe is a word of its own, 1392 too") is not None, "it may"
    assert found.within(b"Nobody is here") is None
