"""Proxies and certificates as the environment names them, and as both transports then use them."""

import base64
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from connectors.by_urllib3 import Urllib3Transport
from connectors.errors import NetworkError, RegistryError
from connectors.http import Asked, HttpxTransport, Manners, PoliteClient, TransportError, Way
from connectors.network import Network, Proxy

REGISTRY = "https://clinicaltrials.gov"
SECRET = "hunter2"
ASKED = Asked("", {})
BOTH = pytest.mark.parametrize("transport", [HttpxTransport, Urllib3Transport])
"""The two ways out must behave alike."""


@contextmanager
def answering(status: int = 200, tls: ssl.SSLContext | None = None) -> Iterator[tuple[str, list[Any]]]:
    """A server, or proxy, that answers every request alike and remembers them; with TLS if asked."""
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers.get("Proxy-Authorization")))
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def do_CONNECT(self) -> None:
            asked.append((self.path, self.headers.get("Proxy-Authorization")))
            self.send_error(407)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def network(**variables: str) -> Network:
    return Network.of(variables)


class TestWhichProxy:
    @pytest.mark.parametrize(
        ("variables", "url", "expected"),
        [
            ({}, REGISTRY, None),
            ({"HTTPS_PROXY": "http://proxy:3128"}, REGISTRY, "http://proxy:3128"),
            ({"HTTPS_PROXY": "proxy:3128"}, REGISTRY, "http://proxy:3128"),
            ({"https_proxy": "http://small", "HTTPS_PROXY": "http://large"}, REGISTRY, "http://small:80"),
            ({"https_proxy": "", "HTTPS_PROXY": "http://large"}, REGISTRY, "http://large:80"),
            ({"HTTP_PROXY": "http://proxy:3128"}, REGISTRY, None),
            ({"ALL_PROXY": "https://[::1]:3128"}, REGISTRY, "https://[::1]:3128"),
            ({"ALL_PROXY": "socks5://all", "HTTPS_PROXY": "http://proxy"}, REGISTRY, "http://proxy:80"),
            ({"HTTP_PROXY": "http://proxy"}, "http://127.0.0.1:8000", None),
            ({"HTTP_PROXY": "http://proxy"}, "http://localhost", None),
            ({"HTTP_PROXY": "http://proxy"}, "http://[::1]:8000", None),
            ({"HTTP_PROXY": "http://proxy"}, "http://localhost.example", "http://proxy:80"),
        ],
    )
    def test_it_is_the_schemes_and_this_machine_has_none(
        self, variables: dict[str, str], url: str, expected: str | None
    ) -> None:
        found = network(**variables).proxy_for(url)
        assert (found and found.url) == expected

    @pytest.mark.parametrize(
        ("without", "host", "is_asked_directly"),
        [
            ("*", "example.org", True),
            ("example.org", "example.org", True),
            ("example.org", "www.EXAMPLE.org", True),
            (".example.org", "www.example.org", True),
            ("*.example.org", "www.example.org", True),
            ("example.org", "badexample.org", False),
            ("example.org:80", "example.org", True),
            ("example.org:443", "example.org", False),
            ("10.0.0.0/8, other", "10.1.2.3", True),
            ("10.0.0.0/8", "11.1.2.3", False),
            ("10.1.2.3", "10.1.2.3", True),
            ("1.2.3", "10.1.2.3", False),
            ("localhost,127.0.0.1,::1", "[2001:db8::1]", False),
            ("2001:db8::1", "[2001:db8::1]", True),
            ("[2001:db8::1]", "[2001:0db8:0::1]", True),
            ("[2001:db8::1]:80", "[2001:db8::1]", True),
            ("[2001:db8::1]:8080", "[2001:db8::1]", False),
            ("2001:db8::/32", "[2001:db8::1]", True),
            ("fe80::1%eth0", "[2001:db8::1]", False),
            ("::1", "example.org", False),
            (" ,, ", "example.org", False),
        ],
    )
    def test_whom_no_proxy_names_is_asked_directly(self, without: str, host: str, is_asked_directly: bool) -> None:
        found = network(HTTP_PROXY="http://proxy", NO_PROXY=without).proxy_for(f"http://{host}/x")
        assert (found is None) == is_asked_directly

    @pytest.mark.parametrize(
        ("variables", "named"),
        [
            ({"ALL_PROXY": f"socks5://us:{SECRET}@proxy"}, "ALL_PROXY names a SOCKS proxy"),
            ({"https_proxy": f"socks5h://us:{SECRET}@proxy"}, "https_proxy names a SOCKS proxy"),
            ({"HTTPS_PROXY": f"foo://us:{SECRET}@proxy"}, "HTTPS_PROXY is no proxy"),
            ({"HTTPS_PROXY": f"http://us:{SECRET}@proxy:99999"}, "HTTPS_PROXY is no proxy"),
            ({"HTTPS_PROXY": f"http://us:{SECRET}@[proxy"}, "HTTPS_PROXY is no proxy"),
            ({"HTTPS_PROXY": f"http://us:{SECRET}%ff@proxy"}, "HTTPS_PROXY is no proxy"),
            ({"HTTPS_PROXY": f"http://us:{SECRET}@"}, "HTTPS_PROXY is no proxy"),
            ({"HTTPS_PROXY": "http://proxy", "NO_PROXY": "[::1"}, "NO_PROXY holds"),
            ({"HTTPS_PROXY": "http://proxy", "no_proxy": "10.0.0.0/99"}, "no_proxy holds"),
        ],
    )
    def test_what_cannot_be_meant_names_the_variable_and_no_password(
        self, variables: dict[str, str], named: str
    ) -> None:
        with pytest.raises(NetworkError, match=f"^{named}") as raised:
            network(**variables).check(REGISTRY)
        assert SECRET not in str(raised.value)
        assert SECRET not in repr(network(**variables))
        assert raised.value.__cause__ is None

    def test_a_proxy_that_cannot_be_used_is_told_before_loopback_needs_none(self) -> None:
        with pytest.raises(NetworkError, match="ALL_PROXY"):
            network(ALL_PROXY="socks5://proxy").check("http://127.0.0.1:8000")

    def test_others_in_this_process_reach_this_machine_too(self) -> None:
        assert network(NO_PROXY="x").for_others() == {}
        told = network(HTTP_PROXY="http://proxy", NO_PROXY="a.org,[::1],fe80::/10,10.0.0.0/8").for_others()
        assert set(told.values()) == {"a.org,localhost,127.0.0.1,::1"}


class TestThroughAProxy:
    @BOTH
    def test_it_is_asked_with_our_login_and_told_the_whole_address(self, transport: Any) -> None:
        with answering() as (host, asked):
            proxy = network(HTTP_PROXY=f"http://us:p%40ss@{host}").proxy_for("http://registry.test/x")
            way = Way(proxy, Network().trust())
            answer = transport(5.0, way=way).ask("http://registry.test/x", ASKED, {})
        assert (answer.status, answer.body) == (200, b"{}")
        assert asked == [("http://registry.test/x", f"Basic {base64.b64encode(b'us:p@ss').decode()}")]

    @BOTH
    def test_one_that_does_not_let_us_through_is_told_in_our_words(self, transport: Any) -> None:
        with answering() as (host, asked):
            way = Way(Proxy(f"http://{host}", "HTTPS_PROXY", f"Basic {SECRET}"), Network().trust())
            with pytest.raises(TransportError) as raised:
                transport(5.0, way=way).ask("https://registry.test/x", ASKED, {})
        assert str(raised.value) == "the proxy did not let us through"
        assert asked == [("registry.test:443", f"Basic {SECRET}")]

    @pytest.mark.parametrize("voice", [0, 2])
    def test_a_dead_one_is_named_by_its_variable_alone(self, voice: int) -> None:
        manners = Manners("us", 1000.0, 0.0, network=network(https_proxy=f"http://us:{SECRET}@127.0.0.1:9"))
        expected = r"could not be reached through the proxy of https_proxy \(1 try\): the connection was refused"
        with (
            PoliteClient(REGISTRY, manners, voice) as client,
            pytest.raises(RegistryError, match=expected) as raised,
        ):
            client.get("/x")
        assert SECRET not in str(raised.value)

    @pytest.mark.parametrize("voice", [0, 2])
    def test_loopback_is_not_asked_through_it(self, voice: int, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):  # what a library would read by itself
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        manners = Manners("us", 1000.0, 0.0, network=network(HTTP_PROXY="http://127.0.0.1:9"))
        with answering() as (host, asked), PoliteClient(f"http://{host}", manners, voice) as client:
            assert client.get("/x").status == 200
        assert len(asked) == 1


class TestWhoIsBelieved:
    @BOTH
    def test_whom_ssl_cert_file_names(self, transport: Any, authority: Any) -> None:
        with answering(tls=authority("127.0.0.1")) as (host, _):
            trusting = Way(None, network(SSL_CERT_FILE=str(authority.root)).trust())
            assert transport(5.0, way=trusting).ask(f"https://{host}/x", ASKED, {}).status == 200
            with pytest.raises(TransportError, match=r"^its certificate is not trusted here$"):
                transport(5.0).ask(f"https://{host}/x", ASKED, {})

    @pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
    def test_one_that_is_not_there_is_named(self, name: str, tmp_path: Path) -> None:
        with pytest.raises(NetworkError, match=f"^{name} names"):
            network(**{name: str(tmp_path / "none")}).check(REGISTRY)

    def test_a_file_without_certificates_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "empty.pem").write_text("nothing\n")
        with pytest.raises(NetworkError, match=r"^SSL_CERT_FILE names .*empty\.pem, which holds no certificates"):
            network(SSL_CERT_FILE=str(tmp_path / "empty.pem")).check(REGISTRY)

    def test_a_folder_is_enough_and_one_that_is_missing_beside_a_file_does_no_harm(
        self, authority: Any, tmp_path: Path
    ) -> None:
        network(SSL_CERT_DIR=f"{tmp_path / 'none'}:{tmp_path}").check(REGISTRY)
        network(SSL_CERT_FILE=str(authority.root), SSL_CERT_DIR=str(tmp_path / "none")).check(REGISTRY)
