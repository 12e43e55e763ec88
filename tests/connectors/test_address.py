"""A mail address as people write it and as it goes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.address import bare, named, without_addresses


@pytest.mark.parametrize(
    ("written", "goes_out"),
    [
        ("pi@example.org", "pi@example.org"),
        ("PI@Example.ORG", "PI@Example.ORG"),
        ("trialwatch@localhost", "trialwatch@localhost"),
        ("pi@exämple.org", "pi@xn--exmple-cua.org"),
        ("pi@EXÄMPLE.org", "pi@xn--exmple-cua.org"),
        ("pi@straße.example", "pi@xn--strae-oqa.example"),
        ("pi@例え.テスト", "pi@xn--r8jz45g.xn--zckzah"),
        ("jürgen@exämple.org", "jürgen@xn--exmple-cua.org"),
        ("Jürgen <pi@exämple.org>", "pi@xn--exmple-cua.org"),
        ("pi@xn--exmple-cua.org", "pi@xn--exmple-cua.org"),
        ("o'neil+trials@a_b.example.org", "o'neil+trials@a_b.example.org"),
    ],
)
def test_an_address_goes_out_with_its_domain_in_ascii(written: str, goes_out: str) -> None:
    assert bare(written) == goes_out


def test_a_name_is_kept() -> None:
    assert named("Die Wächter <pi@exämple.org>") == "Die Wächter <pi@xn--exmple-cua.org>"
    assert named("<pi@exämple.org>") == named("pi@exämple.org") == "pi@xn--exmple-cua.org"


@pytest.mark.parametrize(
    "text",
    [
        *("", "secret", "secret@", "@example.org", "secret @example.org", "a@b.org, secret@d.org", "secret@b@c"),
        *("\ud800secret@b.org", "secret@example.org\r\nDATA", "<secret@example.org> x", "secret\x00@example.org"),
        *("secret@example..org", "secret@.org", "secret@org.", "secret@-ä-.org", "secret@" + "x" * 64 + ".org"),
        *("secret" * 11 + "@example.org", "secret@" + "ä" * 70 + ".org", "Name <secret>", "secret@ex ample.org"),
    ],
)
def test_what_is_none_is_told_without_it(text: str) -> None:
    for reads in (bare, named):
        with pytest.raises(ValueError, match=r"it|what") as raised:
            reads(text)
        assert "secret" not in str(raised.value)
        assert raised.value.__cause__ is None


@pytest.mark.slow
@given(st.text(max_size=30))
def test_whatever_is_written_it_is_one_clean_address_or_none(text: str) -> None:
    try:
        found = bare(text)
    except ValueError:
        return
    local, at, domain = found.partition("@")
    assert local
    assert at
    assert domain.isascii()
    assert found.count("@") == 1
    assert not set(found) & set(" \r\n\t<>,;:\x00")
    assert bare(found) == found


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("550 <pi@example.org>: no such user", "550 <…>: no such user"),
        ('rcpt to:"o b"@example.org, x@y', "rcpt to:…, …"),
        ("user=pi@example.org", "…"),
        ("pi@xn--exmple-cua.org.", "…"),
        ("cannot reach smtp://…@mail.example:587", "cannot reach smtp://…@mail.example:587"),
        ("no address @ all", "no address @ all"),
    ],
)
def test_addresses_are_left_out_of_what_others_said(said: str, left: str) -> None:
    assert without_addresses(said, "…") == left
