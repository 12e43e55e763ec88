"""A webhook's way out: through a proxy, and no farther than its certificates are believed."""

import pytest

from connectors.errors import MailBrokenOffError, MailLaterError, NetworkError
from connectors.network import Network
from connectors.webhook import webhook_of
from tests.receiver import open_receiver

SECRET = "a1b2c3d4e5f6"


def send(address: str, network: Network) -> None:
    webhook_of("notify:hook", "TRIALWATCH_NOTIFY_HOOK", address, "agent/1", network).send(
        b"{}", sender="", recipient="notify:hook", message_id="abc@x"
    )


def test_it_goes_through_the_proxy_that_the_environment_names() -> None:
    with open_receiver() as proxy:
        network = Network.of({"http_proxy": f"http://{proxy.host}"})
        send(f"http://user:{SECRET}@hooks.example.org/x?y=1", network)
        (posted,) = proxy.posted
    assert posted.path == "http://hooks.example.org/x?y=1"
    assert posted.headers["authorization"].startswith("Basic ")
    assert (posted.headers["user-agent"], posted.headers["idempotency-key"]) == ("agent/1", "abc")


@pytest.mark.parametrize("scheme", ["https", "jsons"])
def test_one_without_tls_gets_no_message(scheme: str) -> None:
    with open_receiver() as receiver:
        with pytest.raises(MailBrokenOffError, match=r"notify:hook gave no answer: no TLS came about\.") as raised:
            send(f"{scheme}://{receiver.host}/{SECRET}", Network())
        assert receiver.posted == []
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("host", ["a_ü", "a..b", "a" * 64, "x.a…b"])
def test_a_host_that_no_library_would_ask_is_refused_when_the_settings_are_read(host: str) -> None:
    with pytest.raises(ValueError, match=r"no webhook's address") as raised:
        send(f"https://user:{SECRET}@{host}.invalid/x", Network())
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("host", ["exämple.invalid", "[::1]:9", "127.0.0.1:9", "a.b.invalid."])
def test_a_host_in_any_spelling_is_asked(host: str) -> None:
    with pytest.raises(MailBrokenOffError):
        send(f"http://{host}/{SECRET}", Network())


def test_without_a_way_to_it_the_variable_is_named_when_the_settings_are_read() -> None:
    with pytest.raises(NetworkError, match="http_proxy names a SOCKS proxy"):
        send("http://hooks.example.org/x", Network.of({"http_proxy": "socks5://127.0.0.1:9"}))


def test_whatever_a_library_raises_costs_the_message_an_attempt_and_no_more() -> None:
    """What cannot be written into a header is known to httpx alone, and when it is sent."""
    made = webhook_of("notify:hook", "X", f"http://127.0.0.1:9/{SECRET}", "agent/\u2026", Network())
    with pytest.raises(MailLaterError, match=r"did not take a message \(UnicodeEncodeError\)\.") as raised:
        made.send(b"{}", sender="", recipient="notify:hook", message_id="abc@x")
    assert SECRET not in str(raised.value)
