"""A registry that misbehaves on the wire: each way ends in time and in one sentence, whoever carries requests."""

import gzip
import json
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.by_urllib3 import Urllib3Transport
from connectors.clinicaltrials_gov import ClinicalTrialsGov, answers
from connectors.errors import RegistryError
from connectors.http import Answer, Asked, HttpxTransport, Manners, PoliteClient, Transport

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ENDLESS = b"Transfer-Encoding: chunked\r\n\r\n"
Say = Callable[[socket.socket], None]


@contextmanager
def speaking(say: Say, wrap: Callable[[socket.socket], socket.socket] | None = None) -> Iterator[str]:
    """A server that hears one request and then says whatever it likes; and its address."""
    with socket.create_server(("127.0.0.1", 0)) as server, ExitStack() as open_ones:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                open_ones.callback(connection.close)
                threading.Thread(target=one, args=(connection,), daemon=True).start()

        def one(connection: socket.socket) -> None:
            try:
                heard = wrap(connection) if wrap else connection
                heard.recv(65536)
                say(heard)
                heard.close()
            except OSError:
                return  # whoever asked has hung up

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def saying(*parts: bytes) -> Say:
    def say(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)

    return say


def dripping(start: bytes, drop: bytes) -> Say:
    """Never silent for long, and never done."""

    def say(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(drop)
            time.sleep(0.02)

    return say


def pouring(start: bytes, piece: bytes) -> Say:
    def say(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(piece)

    return say


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(content), content)


def with_body(body: bytes, *headers: bytes) -> bytes:
    return (
        OK
        + b"".join(header + b"\r\n" for header in (b"Content-Length: %d" % len(body), *headers))
        + b"\r\n"
        + body
    )


def redirect(to: bytes) -> bytes:
    return b"HTTP/1.1 301 Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % to


BOMB = zlib.compressobj(9, zlib.DEFLATED, 31)
CUT = gzip.compress(b'{"dataTimestamp":"2026-09-11T09:00:04"}')[:-12]
BOMB_BYTES = BOMB.compress(b" " * 50_000_000) + BOMB.flush()

WAYS: dict[str, Say] = {
    "nothing at all": saying(),
    "no HTTP": saying(b"220 mail.example.org ESMTP\r\n"),
    "bytes": saying(bytes(range(256)) * 4),
    "half a head": saying(OK),
    "a head and no body": saying(OK + b"Content-Length: 5\r\n\r\n"),
    "an absurd length": saying(OK + b"Content-Length: 99999999999999\r\n\r\n{}"),
    "a length that is none": saying(OK + b"Content-Length: many\r\n\r\n{}"),
    "two lengths": saying(OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
    "a negative length": saying(OK + b"Content-Length: -1\r\n\r\n{}"),
    "a chunk that is none": saying(OK + ENDLESS + b"zz\r\n{}\r\n0\r\n\r\n"),
    "chunks that break off": saying(OK + ENDLESS + chunk(b'{"dataTimestamp"')),
    "gzip that is none": saying(with_body(b"not compressed", b"Content-Encoding: gzip")),
    "gzip that is cut": saying(with_body(CUT, b"Content-Encoding: gzip")),
    "a header without end": saying(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 2_000_000 + b"\r\n\r\n{}"),
    "headers without end": pouring(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 100),
    "a head that drips": dripping(b"HTTP/1.1 200 OK\r\n", b"X"),
    "a body that drips": dripping(OK + b"Content-Length: 100000\r\n\r\n{", b" "),
    "chunks that drip": dripping(OK + ENDLESS, chunk(b" ")),
    "interim answers that drip": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a body without end": pouring(OK + ENDLESS, chunk(b" " * 65536)),
    "a body without end or length": pouring(OK + b"\r\n", b" " * 65536),
    "a bomb": saying(with_body(BOMB_BYTES, b"Content-Encoding: gzip")),
    "a redirect to itself": saying(redirect(b"/api/v2/version")),
    "a redirect elsewhere": saying(redirect(b"http://192.0.2.1/api/v2/version")),
    "an empty object": saying(with_body(b"{}")),
    "a list": saying(with_body(b"[]")),
    "null": saying(with_body(b"null")),
    "studies that are null": saying(with_body(b'{"studies":null}')),
    "a version that is none": saying(with_body(b'{"dataTimestamp":null}')),
    "escapes in an error": saying(b"HTTP/1.1 500 Oh\r\nContent-Length: 10\r\n\r\n\x1b[31mred\n\x07"),
}  # fmt: skip


def asked(url: str, voice: int) -> str:
    """The sentence with which asking for the data version fails."""
    manners = Manners("trialwatch", 1000.0, retry_s=0.0, timeout_s=0.5)
    with PoliteClient(url, manners, voice) as client:
        client._transports = {
            HttpxTransport: HttpxTransport(0.5, 10_000_000),
            Urllib3Transport: Urllib3Transport(0.5, 10_000_000),
        }
        with pytest.raises(RegistryError) as failed:
            ClinicalTrialsGov(client).data_version()
    return str(failed.value)


@pytest.mark.sampled
@pytest.mark.parametrize("voice", [0, 2], ids=["httpx", "urllib3"])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_each_way_ends_in_one_sentence(way: Say, voice: int) -> None:
    with speaking(way) as url:
        said = asked(url, voice)
    assert said
    assert said.isprintable()
    assert len(said) < 600


@pytest.mark.parametrize("kind", [HttpxTransport, Urllib3Transport])
def test_an_answer_larger_than_any_page_is_not_asked_for_twice(kind: Callable[..., Transport]) -> None:
    with speaking(WAYS["a bomb"]) as url, pytest.raises(RegistryError, match="more than 1,000,000 bytes"):
        kind(5.0, 1_000_000).ask(url, Asked("", {}), {})


def test_a_slow_answer_has_the_time_that_is_left_for_trying() -> None:
    manners = Manners("a", retry_s=200.0, timeout_s=60.0)
    assert [manners.longest_wait_s(spent) for spent in (0, 150, 1000)] == [200.0, 60.0, 60.0]
    assert Manners("a", retry_s=900.0).longest_wait_s(0) == 300.0


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's side of TLS with a certificate of its own making."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "registry")])
    begin, end = datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), begin, end)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "registry.pem"
    path.write_bytes(private + made.sign(key, hashes.SHA256()).public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def test_a_certificate_that_nobody_vouches_for_is_an_incomplete_night(tmp_path: Path) -> None:
    context = self_signed(tmp_path)
    with speaking(saying(with_body(b"{}")), lambda raw: context.wrap_socket(raw, server_side=True)) as url:
        for voice in (0, 2):
            assert "certificate" in asked(url.replace("http://", "https://"), voice).lower()


class TestALoginInTheAddress:
    def test_it_is_sent_as_one_and_never_shown(self) -> None:
        heard: list[bytes] = []

        def say(connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")

        def listening(raw: socket.socket) -> socket.socket:
            heard.append(raw.recv(65536, socket.MSG_PEEK))
            return raw

        with speaking(say, listening) as url:
            for voice in (0, 2):
                said = asked(url.replace("http://", "http://watch:s3cr%65t@"), voice)
                assert "s3cr" not in said
        for request in heard:
            assert b"Authorization: Basic d2F0Y2g6czNjcmV0" in request  # watch:s3cret
            assert b"s3cr" not in request


@given(st.binary() | st.text().map(str.encode))
@example(b'{"studies":[]}')
@example(b'{"totalCount":1,"studies":[{"a":NaN}]}')
def test_any_body_is_a_page_or_a_registry_error(body: bytes) -> None:
    answer = Answer(200, {"content-type": "application/json"}, body, "u")
    try:
        page = answers.page(answer)
    except RegistryError:
        return
    for record in map(bytes, page.studies):
        assert record in body
        answers.trial_id(record)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(_JSON, st.lists(_JSON, max_size=4), st.binary(max_size=12), st.integers(0, 200), st.integers(0, 20))
def test_a_page_with_bytes_put_in_or_left_out_is_a_page_or_a_registry_error(
    total: Any, studies: list[Any], bytes_in: bytes, at: int, left_out: int
) -> None:
    whole = json.dumps({"totalCount": total, "studies": studies, "nextPageToken": None}).encode()
    body = whole[:at] + bytes_in + whole[at + left_out :]
    answer = Answer(200, {"content-type": "application/json"}, body, "u")
    for read in (answers.page, answers.single_record, answers.data_version):
        with suppress(RegistryError):
            read(answer)


@pytest.mark.parametrize(
    ("location", "survivor"),
    [
        ("/api/v2/studies/NCT00000002", "NCT00000002"),
        ("https://registry.test/api/v2/studies/NCT00000002", "NCT00000002"),
        ("https://elsewhere.test/api/v2/studies/NCT00000002", None),
        ("//elsewhere.test/NCT00000002", None),
        ("https://registry.test@elsewhere.test/NCT00000002", None),
        ("http://[::1/NCT00000002", None),
        ("/elsewhere", None),
        ("", None),
    ],
)
def test_a_redirect_names_a_survivor_only_within_the_registry(location: str, survivor: str | None) -> None:
    answer = Answer(301, {"location": location}, b"", "https://registry.test/api/v2/studies/NCT00000001")
    assert answers.survivor(answer) == survivor


def test_nothing_is_asked_of_where_a_redirect_leads() -> None:
    with speaking(WAYS["a redirect elsewhere"]) as url:  # the guard of these tests forbids to go there
        assert "answered 301" in asked(url, 0)
