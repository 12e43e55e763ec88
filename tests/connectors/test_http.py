"""The polite client: when it asks again, how long it waits, who it says it is, and what it never believes."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.metadata import version
from typing import Any

import httpx
import pytest
import respx

from connectors.by_urllib3 import Urllib3Transport
from connectors.errors import OurBugError, RefusedError, RegistryError
from connectors.http import (
    ATTEMPTS_WITHOUT_CONNECTION,
    Answer,
    Asked,
    HttpxTransport,
    Manners,
    NoConnectionError,
    Outage,
    PoliteClient,
    Transport,
    TransportError,
    must_be_json,
    user_agent,
)
from connectors.simulated import Fault, SimulatedRegistry, faults
from connectors.simulated.exchange import Reply, Request
from connectors.simulated.server import LoopbackServer

URL = "https://registry.test"
VERSION = "/api/v2/version"
OURS = "trialwatch/9 (contact: team@example.org)"
HTTPX_S_OWN = f"python-httpx/{httpx.__version__}"
WELL = httpx.Response(200, json={"dataTimestamp": "2026-09-11T09:00:04"})


class Clock:
    """Time that passes only while somebody sleeps, or when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wire() -> Iterator[respx.MockRouter]:
    """What httpx is answered at URL; nothing leaves this process."""
    with respx.mock(base_url=URL, assert_all_called=False) as router:
        yield router


Polite = Callable[..., PoliteClient]


@pytest.fixture
def polite(clock: Clock) -> Iterator[Polite]:
    """Makes clients that live by the test's clock and are closed after it."""
    with ExitStack() as stack:

        def make(url: str = URL, *, voice: int = 0, **manners: Any) -> PoliteClient:
            behaviour = Manners(OURS, **{"requests_per_second": 1000.0, **manners})
            client = PoliteClient(url, behaviour, voice, clock.sleep, clock)
            return stack.enter_context(client)

        yield make


class TestAskingAgain:
    @pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
    def test_what_time_may_heal_is_asked_again(
        self, wire: respx.MockRouter, polite: Polite, clock: Clock, status: int
    ) -> None:
        wire.get("/x").side_effect = [httpx.Response(status), httpx.Response(status), WELL]
        client = polite()
        assert client.get("/x").status == 200
        assert client.requests == 3
        assert len(clock.slept) == 2

    @pytest.mark.parametrize(
        "status", [200, 204, 301, 302, 304, 308, 401, 404, 405, 408, 410, 418, 451, 501, 505, 520]
    )
    def test_every_other_answer_is_handed_over_at_once(
        self, wire: respx.MockRouter, polite: Polite, clock: Clock, status: int
    ) -> None:
        route = wire.get("/x").respond(status)
        assert polite().get("/x").status == status
        assert route.call_count == 1
        assert clock.slept == []

    @pytest.mark.parametrize(
        "error",
        [
            httpx.ConnectError("no route to host"),
            httpx.ConnectTimeout("too late"),
            httpx.ReadTimeout("too late"),
            httpx.ReadError("reset"),
            httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
            httpx.DecodingError("not gzip"),
        ],
        ids=lambda error: type(error).__name__,
    )
    def test_an_answer_that_did_not_come_whole_is_asked_for_again(
        self, wire: respx.MockRouter, polite: Polite, error: Exception
    ) -> None:
        wire.get("/x").side_effect = [error, WELL]
        assert polite().get("/x").status == 200

    def test_a_connection_that_never_comes_is_told_with_its_reason(
        self, wire: respx.MockRouter, polite: Polite
    ) -> None:
        wire.get("/x").mock(side_effect=httpx.ConnectError("no route to host"))
        with pytest.raises(
            RegistryError,
            match=r"^https://registry\.test could not be reached \(6 tries\): no connection came about",
        ):
            polite().get("/x")

    def test_a_connection_that_breaks_off_is_given_more_time_than_one_that_never_comes(
        self, wire: respx.MockRouter, polite: Polite
    ) -> None:
        wire.get("/x").mock(side_effect=httpx.ReadError("reset"))
        with pytest.raises(RegistryError, match=r"\(20 tries\): the connection was broken off$"):
            polite().get("/x")

    @pytest.mark.slow
    @pytest.mark.parametrize("voice", [0, 2])
    def test_where_no_name_has_an_address_the_first_registry_alone_is_waited_for(
        self, wire: respx.MockRouter, polite: Polite, clock: Clock, voice: int
    ) -> None:
        outage = Outage()

        def tries(host: str) -> int:
            client = polite(f"https://{host}", voice=voice)
            client.outage = outage
            with pytest.raises(RegistryError, match=r"its name has no address here \(DNS\)"):
                client.get("/x")
            return client.requests

        wire.route(host__regex=r"\.invalid$").pass_through()
        assert tries("first.invalid") == ATTEMPTS_WITHOUT_CONNECTION
        waited = len(clock.slept)
        assert waited == ATTEMPTS_WITHOUT_CONNECTION - 1
        assert [tries("second.invalid"), tries("third.invalid"), tries("first.invalid")] == [1, 1, 1]
        assert len(clock.slept) == waited
        wire.get("/x").mock(return_value=WELL)
        there = polite()
        there.outage = outage
        assert there.get("/x").status == 200
        assert tries("second.invalid") == ATTEMPTS_WITHOUT_CONNECTION, "there is a network again"

    def test_what_refuses_or_breaks_off_is_tried_as_often_as_ever_in_an_outage(
        self, wire: respx.MockRouter, polite: Polite
    ) -> None:
        for error, most in (
            (httpx.ConnectError("refused"), ATTEMPTS_WITHOUT_CONNECTION),
            (httpx.ReadError("x"), 20),
        ):
            wire.get("/x").mock(side_effect=error)
            client = polite()
            client.outage = Outage(is_long=True)
            with pytest.raises(RegistryError):
                client.get("/x")
            assert client.requests == most

    def test_every_pause_is_told_with_its_reason(
        self, wire: respx.MockRouter, polite: Polite, caplog: pytest.LogCaptureFixture
    ) -> None:
        wire.get("/x").side_effect = [
            httpx.Response(429, headers={"Retry-After": "30"}),
            httpx.ReadTimeout("too late"),
            WELL,
        ]
        polite().get("/x")
        first, second = caplog.messages
        assert re.fullmatch(rf"{URL} answered 429; trying again in 3[01] s", first)
        assert re.fullmatch(rf"{URL} could not be reached; trying again in [23] s", second)

    def test_an_error_without_words_is_told_by_its_name(self, wire: respx.MockRouter, polite: Polite) -> None:
        wire.get("/x").mock(side_effect=httpx.ReadError(""))
        with pytest.raises(RegistryError, match=r"\(1 try\): the connection was broken off$"):
            polite(retry_s=0).get("/x")

    def test_an_interruption_is_no_reason_to_ask_again(
        self, wire: respx.MockRouter, polite: Polite, clock: Clock
    ) -> None:
        def interrupted(request: httpx.Request) -> httpx.Response:
            raise KeyboardInterrupt

        wire.get("/x").mock(side_effect=interrupted)
        client = polite()
        with pytest.raises(KeyboardInterrupt):
            client.get("/x")
        assert client.requests == 1
        assert clock.slept == []

    def test_every_request_and_every_attempt_is_counted(self, wire: respx.MockRouter, polite: Polite) -> None:
        wire.get("/x").side_effect = [httpx.Response(503), httpx.ReadTimeout("too late"), WELL, WELL]
        client = polite()
        client.get("/x")
        client.get("/x")
        assert client.requests == 4

    def test_every_attempt_asks_the_same(self, wire: respx.MockRouter, polite: Polite) -> None:
        route = wire.get("/x").mock(side_effect=[httpx.Response(503), WELL])
        polite().get("/x", {"filter.ids": "NCT00000001|NCT00000002", "fields": "HasResults"})
        asked = [dict(call.request.url.params) for call in route.calls]
        assert asked == [{"filter.ids": "NCT00000001|NCT00000002", "fields": "HasResults"}] * 2


class TestPausesBetweenAttempts:
    def test_they_double_up_to_a_minute_and_end_with_the_twentieth_attempt(
        self, wire: respx.MockRouter, polite: Polite, clock: Clock
    ) -> None:
        wire.get("/x").respond(503, text="Service Unavailable")
        with pytest.raises(
            RegistryError, match=r"^https://registry\.test/x answered 503 \(20 tries\): Service Unavailable$"
        ):
            polite().get("/x")
        doubled = [1, 2, 4, 8, 16, 32, *[60] * 13]
        assert len(clock.slept) == len(doubled)
        for pause, least in zip(clock.slept, doubled, strict=True):
            assert least <= pause <= min(least + 1, 60)

    def test_they_are_never_quite_the_same(self, wire: respx.MockRouter, polite: Polite, clock: Clock) -> None:
        wire.get("/x").side_effect = [httpx.Response(503), WELL] * 10
        for _ in range(10):
            polite().get("/x")
        assert len(set(clock.slept)) > 1

    def test_they_end_before_the_time_we_may_take(
        self, wire: respx.MockRouter, polite: Polite, clock: Clock
    ) -> None:
        wire.get("/x").respond(503)
        with pytest.raises(RegistryError, match=r"answered 503 \(4 tries\)"):
            polite(retry_s=11).get("/x")
        assert sum(clock.slept) <= 11

    def test_the_pause_that_was_judged_is_the_pause_that_is_made(
        self, wire: respx.MockRouter, polite: Polite, clock: Clock
    ) -> None:
        wire.get("/x").respond(503)
        for _ in range(20):
            clock.slept.clear()
            with pytest.raises(RegistryError):
                polite(retry_s=1.5).get("/x")
            assert sum(clock.slept) <= 1.5

    def test_the_time_that_the_attempts_take_counts_as_well(
        self, wire: respx.MockRouter, polite: Polite, clock: Clock
    ) -> None:
        def slowly(request: httpx.Request) -> httpx.Response:
            clock.now += 400
            return httpx.Response(503)

        wire.get("/x").mock(side_effect=slowly)
        with pytest.raises(RegistryError, match=r"\(3 tries\)"):
            polite(retry_s=900).get("/x")

    def test_each_request_has_the_whole_time(self, wire: respx.MockRouter, polite: Polite, clock: Clock) -> None:
        wire.get("/x").side_effect = [httpx.Response(503), WELL] * 5
        client = polite(retry_s=3)
        for _ in range(5):
            assert client.get("/x").status == 200
        assert sum(clock.slept) > 3

    def test_without_time_there_is_one_attempt(self, wire: respx.MockRouter, polite: Polite, clock: Clock) -> None:
        wire.get("/x").respond(503)
        with pytest.raises(RegistryError, match=r"answered 503 \(1 try\): an empty body$"):
            polite(retry_s=0).get("/x")
        assert clock.slept == []


class TestRetryAfter:
    @pytest.mark.parametrize("status", [429, 503])
    def test_seconds_are_waited(self, wire: respx.MockRouter, polite: Polite, clock: Clock, status: int) -> None:
        wire.get("/x").side_effect = [httpx.Response(status, headers={"Retry-After": "120"}), WELL]
        polite().get("/x")
        [pause] = clock.slept
        assert 120 <= pause <= 120.5

    @pytest.mark.parametrize("until", ["Fri, 11 Sep 2026 09:00:30 GMT", "Fri, 11 Sep 2026 09:00:30"])
    def test_a_date_is_waited_for_by_the_registrys_own_clock(
        self, wire: respx.MockRouter, polite: Polite, clock: Clock, until: str
    ) -> None:
        headers = {"Date": "Fri, 11 Sep 2026 09:00:00 GMT", "Retry-After": until}
        wire.get("/x").side_effect = [httpx.Response(503, headers=headers), WELL]
        polite().get("/x")
        [pause] = clock.slept
        assert 30 <= pause <= 30.5

    @pytest.mark.parametrize("said", ["0", "Thu, 11 Sep 2003 09:00:30 GMT"])
    def test_a_wait_that_is_over_is_none(
        self, wire: respx.MockRouter, polite: Polite, clock: Clock, said: str
    ) -> None:
        wire.get("/x").side_effect = [httpx.Response(503, headers={"Retry-After": said}), WELL]
        polite().get("/x")
        assert sum(clock.slept) <= 0.51

    @pytest.mark.parametrize(
        "said", ["", "soon", "-5", "1.5", b"\xb2", "Mon, 99 Foo 2026", "Thu, 01 Jan 2026 00:00:00 +99999999999999"]
    )
    def test_nonsense_is_as_good_as_nothing(
        self, wire: respx.MockRouter, polite: Polite, clock: Clock, said: str | bytes
    ) -> None:
        sent = said if isinstance(said, bytes) else said.encode()
        wire.get("/x").side_effect = [httpx.Response(503, headers=[(b"Retry-After", sent)]), WELL]
        polite().get("/x")
        [pause] = clock.slept
        assert 1 <= pause <= 2

    @pytest.mark.parametrize("said", ["901", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
    def test_who_is_told_to_wait_longer_than_he_may_gives_up_at_once(
        self, wire: respx.MockRouter, polite: Polite, clock: Clock, said: str
    ) -> None:
        wire.get("/x").respond(429, headers={"Retry-After": said}, text="Too Many Requests")
        with pytest.raises(RegistryError, match=r"answered 429 \(1 try\): Too Many Requests"):
            polite(retry_s=900).get("/x")
        assert clock.slept == []


class TestPace:
    @pytest.fixture
    def instants(self, wire: respx.MockRouter, clock: Clock) -> list[float]:
        """When each request arrived."""
        arrived: list[float] = []

        def note(request: httpx.Request) -> httpx.Response:
            arrived.append(clock.now - 1000)
            return WELL

        wire.get("/x").mock(side_effect=note)
        return arrived

    def test_requests_are_spaced(self, polite: Polite, instants: list[float]) -> None:
        client = polite(requests_per_second=2)
        for _ in range(4):
            client.get("/x")
        assert instants == pytest.approx([0, 0.5, 1, 1.5])

    def test_time_that_has_passed_need_not_be_waited(
        self, polite: Polite, instants: list[float], clock: Clock
    ) -> None:
        client = polite(requests_per_second=2)
        client.get("/x")
        clock.now += 0.3
        client.get("/x")
        assert clock.slept == pytest.approx([0.2])

    def test_idle_time_is_not_saved_up(self, polite: Polite, instants: list[float], clock: Clock) -> None:
        client = polite(requests_per_second=2)
        client.get("/x")
        clock.now += 100
        client.get("/x")
        client.get("/x")
        assert instants == pytest.approx([0, 100, 100.5])

    def test_attempts_keep_to_it_too(self, wire: respx.MockRouter, polite: Polite, clock: Clock) -> None:
        wire.get("/x").side_effect = [httpx.Response(503), WELL]
        polite(requests_per_second=0.1).get("/x")
        assert len(clock.slept) == 2
        assert sum(clock.slept) == pytest.approx(10)


class TestWhatIsNotBelieved:
    def test_a_400_is_our_bug_and_told_in_the_registrys_words(
        self, wire: respx.MockRouter, polite: Polite, clock: Clock
    ) -> None:
        route = wire.get("/x").respond(400, text="`foo` is unknown parameter")
        with pytest.raises(
            OurBugError,
            match=r"registry\.test/x\?foo=1 was refused as a wrong request: `foo` is unknown parameter$",
        ):
            polite().get("/x", {"foo": "1"})
        assert route.call_count == 1
        assert clock.slept == []

    @pytest.mark.parametrize(
        "content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"]
    )
    def test_json_with_status_200_is_believed(
        self, wire: respx.MockRouter, polite: Polite, content_type: str
    ) -> None:
        wire.get("/x").respond(200, headers={"Content-Type": content_type}, content=b'{"a":1}')
        answer = polite().json("/x")
        assert (answer.body, answer.url) == (b'{"a":1}', f"{URL}/x")

    def test_no_content_type_at_all_is_left_to_who_reads_the_body(
        self, wire: respx.MockRouter, polite: Polite
    ) -> None:
        wire.get("/x").mock(return_value=httpx.Response(200, content=b"{}"))
        assert polite().json("/x").body == b"{}"

    @pytest.mark.parametrize("content_type", ["text/html", "text/html; charset=utf-8", "text/plain", "image/png"])
    def test_anything_else_with_status_200_is_a_failure(
        self, wire: respx.MockRouter, polite: Polite, content_type: str
    ) -> None:
        wire.get("/x").respond(200, headers={"Content-Type": content_type}, content=b"<html>Are you human?</html>")
        with pytest.raises(RegistryError, match=r"instead of JSON \(a wall .*\): <html>Are you human\?</html>"):
            polite().json("/x")

    @pytest.mark.parametrize("body", [b"", b" \n\t"])
    def test_an_empty_body_with_status_200_is_a_failure(
        self, wire: respx.MockRouter, polite: Polite, body: bytes
    ) -> None:
        wire.get("/x").respond(200, headers={"Content-Type": "application/json"}, content=body)
        with pytest.raises(RegistryError, match="answered 200 with an empty body"):
            polite().json("/x")

    @pytest.mark.parametrize("status", [204, 206, 301, 304, 404])
    def test_json_with_another_status_is_a_failure(
        self, wire: respx.MockRouter, polite: Polite, status: int
    ) -> None:
        wire.get("/x").respond(status, json={})
        with pytest.raises(RegistryError, match=f"answered {status}"):
            polite().json("/x")

    def test_a_long_answer_is_told_in_one_short_line(self) -> None:
        answer = Answer(500, {}, b"many\r\n  words " * 100, "https://registry.test/x")
        with pytest.raises(RegistryError) as caught:
            must_be_json(answer)
        said = str(caught.value)
        assert said.startswith("https://registry.test/x answered 500: many words many words")
        assert said.endswith("…")
        assert len(said) < 250
        assert "\n" not in said

    def test_bytes_that_are_no_text_are_told_all_the_same(self) -> None:
        with pytest.raises(RegistryError, match=r"answered 500: caf\ufffd$"):
            must_be_json(Answer(500, {}, b"caf\xe9", "u"))


class TestWhoWeSayWeAre:
    def test_project_version_and_contact(self) -> None:
        said = user_agent("team@example.org")
        assert said == f"trialwatch/{version('trialwatch')} (registry monitor; contact: team@example.org)"

    def test_a_contact_that_is_missing_is_said_to_be(self) -> None:
        assert user_agent(None).endswith("(registry monitor; contact: not given)")

    def test_our_own_agent_goes_with_every_request(self, registry: SimulatedRegistry, polite: Polite) -> None:
        polite(registry.url).get(VERSION)
        [seen] = registry.requests
        assert (seen.headers["user-agent"], seen.headers["accept"]) == (OURS, "application/json")

    def test_refused_we_try_httpx_as_itself_and_then_urllib3_with_our_agent(
        self, registry: SimulatedRegistry, polite: Polite
    ) -> None:
        registry.fail(faults.status(403, times=2))
        client = polite(registry.url)
        assert client.get(VERSION).status == 200
        assert agents(registry) == [OURS, HTTPX_S_OWN, OURS]
        # urllib3 sends other headers than httpx: that is what it is there for.
        assert [len(seen.headers) for seen in registry.requests[:2]] != [len(registry.requests[2].headers)] * 2
        assert client.requests == 3

    def test_what_got_through_is_remembered(self, registry: SimulatedRegistry, polite: Polite) -> None:
        registry.fail(faults.status(403))
        client = polite(registry.url)
        client.get(VERSION)
        client.get(VERSION)
        assert client.voice == 1
        assert agents(registry) == [OURS, HTTPX_S_OWN, HTTPX_S_OWN]

    def test_what_got_through_another_night_comes_first(self, registry: SimulatedRegistry, polite: Polite) -> None:
        client = polite(registry.url, voice=1)
        client.get(VERSION)
        assert agents(registry) == [HTTPX_S_OWN]

    def test_when_that_is_refused_the_others_are_tried(self, registry: SimulatedRegistry, polite: Polite) -> None:
        registry.fail(faults.status(403, times=2))
        client = polite(registry.url, voice=1)
        client.get(VERSION)
        assert client.voice == 2
        assert agents(registry) == [HTTPX_S_OWN, OURS, OURS]

    def test_refused_every_way_we_stop_and_say_what_to_do(
        self, registry: SimulatedRegistry, polite: Polite, clock: Clock
    ) -> None:
        registry.fail(faults.html_wall(status=403, times=None))
        client = polite(registry.url, voice=2)
        with pytest.raises(
            RefusedError, match=r"refuses us .*Are you human.* TRIALWATCH_CONTACT .* another network"
        ):
            client.get(VERSION)
        assert len(registry.requests) == 3
        assert client.voice == 2
        assert sum(clock.slept) < 0.1
        assert not any("mozilla" in seen.headers["user-agent"].lower() for seen in registry.requests)

    @pytest.mark.parametrize(
        "no_way_out",
        [faults.html_wall(status=200), faults.reset(), faults.broken_off(), faults.status(503)],
        ids=["a wall of HTML", "a reset", "half an answer", "503"],
    )
    def test_a_way_that_fails_otherwise_is_not_taken_for_one_that_works(
        self, registry: SimulatedRegistry, polite: Polite, no_way_out: Fault
    ) -> None:
        registry.fail(faults.status(403), no_way_out)
        client = polite(registry.url, retry_s=0)
        assert client.get(VERSION).status == 200
        assert client.voice == 2

    def test_when_no_way_is_left_the_first_refusal_is_told_and_nothing_remembered(
        self, registry: SimulatedRegistry, polite: Polite
    ) -> None:
        registry.fail(faults.status(403, body="Go away"), faults.reset(), faults.status(503))
        client = polite(registry.url, retry_s=0)
        with pytest.raises(RefusedError, match="Go away"):
            client.get(VERSION)
        assert client.voice == 0

    def test_any_other_answer_gets_through(self, registry: SimulatedRegistry, polite: Polite) -> None:
        registry.fail(faults.status(403), faults.empty_404())
        client = polite(registry.url)
        assert client.get(VERSION).status == 404
        assert client.voice == 1

    def test_a_400_is_our_bug_in_every_voice(self, registry: SimulatedRegistry, polite: Polite) -> None:
        registry.fail(faults.status(403))
        with pytest.raises(OurBugError, match="`foo` is unknown parameter"):
            polite(registry.url).get("/api/v2/studies", {"foo": "1"})

    @pytest.mark.parametrize("fault", [faults.reset(), faults.broken_off(0.9)], ids=["a reset", "half an answer"])
    @pytest.mark.parametrize("voice", [0, 1, 2])
    def test_every_voice_asks_again_after_a_broken_connection(
        self, registry: SimulatedRegistry, polite: Polite, clock: Clock, voice: int, fault: Fault
    ) -> None:
        registry.fail(fault)
        assert polite(registry.url, voice=voice).json(VERSION).status == 200
        assert len(registry.requests) == 2
        assert sum(clock.slept) >= 1


def agents(registry: SimulatedRegistry) -> list[str]:
    return [seen.headers["user-agent"] for seen in registry.requests]


@pytest.mark.parametrize("kind", [HttpxTransport, Urllib3Transport])
class TestTransports:
    """Both are held to the same, over a real connection."""

    @pytest.fixture
    def transport(self, kind: Callable[[float], Transport]) -> Iterator[Transport]:
        transport = kind(5.0)
        yield transport
        transport.close()

    def test_an_answer_comes_whole_and_uncompressed(
        self, registry: SimulatedRegistry, transport: Transport
    ) -> None:
        answer = transport.ask(registry.url + VERSION, Asked("", {}), {"User-Agent": OURS})
        assert (answer.status, answer.content_type) == (200, "application/json")
        assert answer.headers["content-encoding"] == "gzip"
        assert b'"dataTimestamp" : "2026-09-11T09:00:04"' in answer.body
        assert answer.text == answer.body.decode().strip()
        assert registry.requests[0].headers["user-agent"] == OURS

    def test_parameters_arrive_as_they_were(self, registry: SimulatedRegistry, transport: Transport) -> None:
        params = {"query.intr": 'a + b & c=d "é" (x) OR y', "filter.ids": "NCT00000001|NCT00000002"}
        transport.ask(registry.url + VERSION, Asked("", params), {})
        assert registry.requests[0].params == params

    def test_what_is_posted_arrives_as_it_was(self, transport: Transport) -> None:
        seen: list[Request] = []

        def answer(request: Request, _: object) -> Reply:
            seen.append(request)
            return Reply(200)

        server = LoopbackServer(answer)
        server.start()
        asked = Asked("", {}, '{"a": "é"}'.encode())
        assert transport.ask(f"http://127.0.0.1:{server.port}/search", asked, asked.headers).status == 200
        server.stop()
        assert [(each.method, each.body) for each in seen] == [("POST", asked.body)]
        assert seen[0].headers["content-type"] == "application/json"

    def test_redirects_are_not_followed(self, registry: SimulatedRegistry, transport: Transport) -> None:
        registry.fail(faults.status(301, headers={"Location": "/api/v2/studies/NCT00000001"}))
        answer = transport.ask(registry.url + VERSION, Asked("", {}), {})
        assert (answer.status, answer.headers["location"]) == (301, "/api/v2/studies/NCT00000001")
        assert len(registry.requests) == 1

    @pytest.mark.parametrize(
        "fault",
        [
            faults.reset(),
            faults.broken_off(0.0),
            faults.broken_off(0.9),
            faults.status(200, body=b"not compressed", headers={"Content-Encoding": "gzip"}),
        ],
        ids=["a reset", "a head without a body", "nine tenths", "a body that is not what its head says"],
    )
    def test_what_is_not_whole_is_no_answer(
        self, registry: SimulatedRegistry, transport: Transport, fault: Fault
    ) -> None:
        registry.fail(fault)
        with pytest.raises(TransportError, match=r"broken off|broke off|could not be unpacked"):
            transport.ask(registry.url + VERSION, Asked("", {}), {})
        assert transport.ask(registry.url + VERSION, Asked("", {}), {}).status == 200

    def test_a_registry_that_is_down_is_no_answer(self, registry: SimulatedRegistry, transport: Transport) -> None:
        registry.stop()
        with pytest.raises(NoConnectionError, match="refused"):
            transport.ask(registry.url + VERSION, Asked("", {}), {})

    def test_an_answer_that_comes_too_late_is_none(
        self, registry: SimulatedRegistry, kind: Callable[[float], Transport]
    ) -> None:
        registry.fail(faults.slow(60))
        impatient = kind(0.001)
        with pytest.raises(TransportError, match=r"(?i)time"):
            impatient.ask(registry.url + VERSION, Asked("", {}), {})
        impatient.close()
