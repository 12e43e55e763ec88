"""Networks and addresses as they are: what cannot be used is exit 2 by its name, what can be used is used."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.simulated import SimulatedRegistry
from flows.without_secrets import without_secrets
from tests.house import House, Typed
from tests.postoffice import PostOffice, open_post_office
from tests.records import a_trial

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

NIGHT = ("run", "--no-prefect")
SECRET = "Tr0ub4dor-3"
WATCH = '[watch.w]\ninterventions = ["ketamine"]\n[[subscription]]\nname = "s"\nwatch = "w"\nto = [{}]\n'
DEAD = f"http://us:{SECRET}@127.0.0.1:9"


@pytest.fixture(autouse=True)
def a_bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_post_office() as running:
        yield running


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", f"socks5://us:{SECRET}@proxy.example:1080"),
        ("http_proxy", f"socks5h://us:{SECRET}@proxy.example:1080"),
        ("HTTP_PROXY", f"htp://us:{SECRET}@proxy.example"),
        ("HTTP_PROXY", f"http://us:{SECRET}@proxy.example:99999"),
        ("NO_PROXY", "localhost,[::1"),
        ("SSL_CERT_FILE", "/nowhere/certificates.pem"),
        ("SSL_CERT_DIR", "/nowhere"),
    ],
)
def test_a_variable_that_cannot_be_used_is_exit_2_and_named(
    house: House, registry: SimulatedRegistry, typed: Typed, name: str, value: str
) -> None:
    registry.put(a_trial())
    code, out, err = typed(*NIGHT, **{name: value})
    assert code == 2
    assert name in err
    assert "bug" not in err
    assert SECRET not in out + err
    assert not house.settings.status_file.exists(), "told before anything was begun"


@pytest.mark.slow
@pytest.mark.parametrize("without", ["localhost,127.0.0.1,::1", "[::1]", "[::1]:80,fe80::/10", "*"])
def test_no_proxy_may_hold_ipv6_and_loopback_needs_none_of_it(
    house: House, registry: SimulatedRegistry, typed: Typed, without: str
) -> None:
    registry.put(a_trial())
    assert typed(*NIGHT, HTTP_PROXY=DEAD, ALL_PROXY=DEAD, NO_PROXY=without)[0] == 0
    assert typed(*NIGHT, HTTP_PROXY=DEAD, ALL_PROXY=DEAD, NO_PROXY="")[0] == 0


def test_a_proxys_password_is_in_nothing_that_is_written_or_said(house: House, typed: Typed) -> None:
    code, out, err = typed(*NIGHT, "--json", HTTP_PROXY=DEAD, TRIALWATCH_CTGOV_URL="http://registry.test")
    assert code == 3
    assert "could not be reached through the proxy of HTTP_PROXY" in err
    assert SECRET not in out + err
    for path in house.folder.rglob("*"):
        assert path.is_dir() or SECRET.encode() not in path.read_bytes(), path


@pytest.mark.parametrize(
    ("environment", "text"),
    [
        ({"https_proxy": f"http://us:{SECRET}@proxy"}, f"ProxyError: http://us:{SECRET}@proxy"),
        ({"HTTP_PROXY": f"us:{SECRET}@proxy"}, SECRET),
        ({"TRIALWATCH_SMTP_URL": "smtp://us:Tr0ub4dor%2D3@h"}, f"{SECRET} and Tr0ub4dor%2D3"),
        ({"TRIALWATCH_NOTIFY_SLACK": SECRET}, f"a {SECRET} b"),
        ({"PREFECT_API_URL": f"http://us:{SECRET}@h/api", "PREFECT_API_KEY": "k" * 8}, f"{SECRET}{'k' * 8}"),
    ],
)
def test_a_last_line_of_defence_takes_passwords_out(environment: dict[str, str], text: str) -> None:
    said = without_secrets(text, environment)
    assert not re.search("Tr0ub|kkk", said)
    assert "…" in said


def test_ordinary_words_are_left_alone() -> None:
    environment = {"HTTP_PROXY": "http://us:a@h", "TRIALWATCH_CTGOV_URL": "https://clinicaltrials.gov"}
    assert (
        without_secrets("a trial of clinicaltrials.gov at h", environment) == "a trial of clinicaltrials.gov at h"
    )


def test_international_domains_are_written_to_and_from_in_ascii(
    house: House, registry: SimulatedRegistry, office: PostOffice, typed: Typed
) -> None:
    house.configure(WATCH.format('"pi@exämple.org"'))
    registry.put(a_trial())
    sender = {"TRIALWATCH_MAIL_FROM": "Wächter <watch@straße.example>", "TRIALWATCH_SMTP_URL": office.url}
    assert typed(*NIGHT, TRIALWATCH_REPLY_TO="post@straße.example", **sender)[0] == 0
    assert [recipients for recipients, _ in office.mails] == [["pi@xn--exmple-cua.org"]]
    (mail,) = office.messages()
    assert mail["From"] == "Wächter <watch@xn--strae-oqa.example>"
    assert mail["Reply-To"] == "post@xn--strae-oqa.example"
    assert str(mail["Message-ID"]).endswith("@xn--strae-oqa.example>")


def test_a_recipient_whom_the_server_cannot_write_to_is_refused_alone(
    house: House, registry: SimulatedRegistry, office: PostOffice, typed: Typed
) -> None:
    office.without = ["SMTPUTF8"]
    house.configure(WATCH.format('"jürgen@example.org", "pi@example.org"'))
    registry.put(a_trial())
    code, _, err = typed(*NIGHT, TRIALWATCH_SMTP_URL=office.url)
    listed = typed("status")[1]
    assert code == 0
    assert "it offers no SMTPUTF8" in listed
    assert "jürgen" not in err + listed
    assert [recipients for recipients, _ in office.mails] == [["pi@example.org"]]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["TRIALWATCH_MAIL_FROM", "TRIALWATCH_REPLY_TO", "TRIALWATCH_OPERATOR"])
def test_an_address_of_ours_that_the_server_cannot_take_is_exit_2_at_once(
    house: House, registry: SimulatedRegistry, office: PostOffice, typed: Typed, name: str
) -> None:
    registry.put(a_trial())
    office.without = ["SMTPUTF8"]
    for command in (NIGHT, ("deliver",)):
        code, _, err = typed(*command, **{"TRIALWATCH_SMTP_URL": office.url, name: "jürgen@example.org"})
        assert code == 2
        assert name in err
        assert "jürgen" not in err
    assert not house.settings.status_file.exists()
    office.without = []
    assert typed(*NIGHT)[0] == 0
    assert [recipients for recipients, _ in office.mails] == [["team@example.org"]]


@pytest.mark.parametrize("name", ["TRIALWATCH_MAIL_FROM", "TRIALWATCH_OPERATOR"])
def test_an_address_that_is_none_is_exit_2(typed: Typed, name: str) -> None:
    code, _, err = typed(*NIGHT, **{name: "secret@example..org"})
    assert code == 2
    assert name in err
    assert "secret" not in err


def test_a_recipient_that_is_none_is_told_by_its_place(house: House, typed: Typed, tmp_path: Path) -> None:
    house.configure(WATCH.format('"pi@example.org", "secret@-ä-.org"'))
    code, _, err = typed(*NIGHT)
    assert code == 2
    assert "address 2 of to is no mail address" in err
    assert "secret" not in err
