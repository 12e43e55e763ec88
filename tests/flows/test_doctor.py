"""The doctor: each thing that may be wrong is broken for real, and found, with what to do and the exit code."""

import email.utils
import json
import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.simulated import SimulatedRegistry, faults
from connectors.simulated.isrctn import SimulatedIsrctn
from flows.demo.folder import note
from tests.flows.disks import a_small_disk, fill, make_read_only
from tests.house import WATCH, House, Typed
from tests.loopback import free_port
from tests.moodypost import open_moody_post
from tests.postoffice import PostOffice, open_post_office
from tests.records import a_trial
from warehouse.store.file import FILE, locked

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")


THREE_HEADERS = 3 * 4096
"""Bytes with which a DuckDB file begins; then come its blocks."""


@dataclass
class Told:
    """What the doctor said."""

    code: int
    findings: list[dict[str, str]]
    would_succeed: bool

    def __getitem__(self, name: str) -> list[dict[str, str]]:
        return [each for each in self.findings if each["name"] == name]

    def one(self, name: str) -> tuple[str, str]:
        (found,) = self[name]
        assert (found["level"] == "ok") == (found["what_to_do"] is None)
        return found["level"], found["sentence"]

    @property
    def failures(self) -> list[str]:
        return [each["name"] for each in self.findings if each["level"] == "failure"]


@pytest.fixture
def asked(typed: Typed, tmp_path: Path) -> Any:
    def ask(**environment: str) -> Told:
        code, out, _ = typed("doctor", "--json", **{"PREFECT_HOME": str(tmp_path / "prefect"), **environment})
        document = json.loads(out)
        assert document["exit_code"] == code
        return Told(code, document["findings"], document["would_succeed"])

    return ask


def of_something_else(number: int) -> dict[str, Any]:
    record = a_trial(f"NCT2000000{number}")
    told = json.dumps(record).replace("Alcohol Use Disorder", "Hay Fever").replace("Ketamine", "Water")
    return dict(json.loads(told))


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_post_office() as running:
        yield running


@pytest.mark.slow
def test_where_all_is_well_a_night_would_succeed_and_nothing_is_changed_or_sent(
    house: House, registry: SimulatedRegistry, office: PostOffice, typed: Typed, asked: Any, tmp_path: Path
) -> None:
    registry.put(a_trial("NCT10000001"), *map(of_something_else, range(5)))
    house.configure(WATCH.replace("example.org", "hospital.org"))
    house.environment = {"TRIALWATCH_SMTP_URL": office.url, "TRIALWATCH_OPERATOR": "op@hospital.org"}
    assert house.night().ending.code == 0
    mails, store = list(office.mails), (house.settings.store / FILE).read_bytes()
    (house.settings.store / "lock").unlink()
    there = sorted(tmp_path.rglob("*"))
    told = asked(TRIALWATCH_NOW="", **house.environment)
    assert (told.code, told.would_succeed, told.failures) == (0, True, [])
    assert told.one("registry clinicaltrials.gov") == ("ok", "it answers, and holds 6 trials")
    assert told.one("watch ketamine-sud") == ("ok", "on clinicaltrials.gov it matches 1 of 6 trials")
    assert told.one("clock") == ("ok", "it agrees with that of clinicaltrials.gov")
    assert "takes our sender and every recipient (nothing was sent)" in told.one("mail")[1]
    assert {told.one(name)[0] for name in ("store", "disk", "folders", "prefect")} == {"ok"}
    assert office.mails == mails
    assert (house.settings.store / FILE).read_bytes() == store
    assert sorted(tmp_path.rglob("*")) == there
    code, out, err = typed("doctor")
    assert code == 0
    assert "ok" in out
    assert "a night would succeed" in err


def test_everything_that_is_wrong_is_told_in_one_go(house: House, registry: SimulatedRegistry, asked: Any) -> None:
    house.configure(
        WATCH.replace("conditions", "conditons")
        + '[watch.second]\nfollow = ["NCT02649231"]\n[[subscription]]\nname = "two"\nwatch = "second"\nkind = []\n'
    )
    registry.fail(faults.status(403, body="no robots", times=None))
    house.settings.store.parent.mkdir()
    house.settings.store.write_text("a file where a folder must be")
    told = asked(TRIALWATCH_OPERATER="x", TRIALWATCH_RETRY_SECONDS="soon", TRIALWATCH_SMTP_URL="smtp://u:hush@")
    assert (told.code, told.would_succeed) == (2, False)
    settings, configuration = told["settings"], told["configuration"]
    assert ["did you mean 'TRIALWATCH_OPERATOR'" in settings[0]["sentence"], len(settings)] == [True, 2]
    assert "did you mean 'conditions'" in configuration[0]["sentence"]
    assert "did you mean 'kinds'" in configuration[1]["sentence"]
    assert len(configuration) == 2
    assert set(told.failures) == {
        *("settings", "configuration", "folders", "store", "registry clinicaltrials.gov", "mail")
    } - ({"store"} if not told["store"] or told["store"][0]["level"] != "failure" else set())
    assert "hush" not in json.dumps(told.findings)


def test_a_configuration_that_is_no_toml_hides_nothing_else(house: House, asked: Any) -> None:
    house.configure("[watch")
    told = asked()
    assert "is not valid TOML" in told.one("configuration")[1]
    assert told.one("registry clinicaltrials.gov")[0] == "ok", "asked all the same"
    house.configure("")
    assert "there is no [watch.NAME] in it" in asked().one("configuration")[1]


@pytest.mark.parametrize(
    ("fault", "said", "do"),
    [
        (faults.status(403, body="no robots", times=None), "refuses us (403", "TRIALWATCH_CONTACT"),
        (faults.html_wall(times=None), "instead of JSON", "HTTPS_PROXY"),
        (faults.status(503, times=None), "answered 503", "HTTPS_PROXY"),
    ],
)
def test_a_registry_that_does_not_let_us_in_is_3(
    registry: SimulatedRegistry, asked: Any, fault: Any, said: str, do: str
) -> None:
    registry.fail(fault)
    told = asked()
    (found,) = told["registry clinicaltrials.gov"]
    assert (told.code, found["level"]) == (3, "failure")
    assert said in found["sentence"]
    assert do in found["what_to_do"]


def test_no_network_is_3_and_a_wrong_way_out_of_it_2(asked: Any) -> None:
    told = asked(TRIALWATCH_CTGOV_URL="http://127.0.0.1:9")
    assert (told.code, told.failures) == (3, ["registry clinicaltrials.gov"])
    told = asked(HTTPS_PROXY="socks5://127.0.0.1:9", TRIALWATCH_CTGOV_URL="https://127.0.0.2:9")
    assert (told.code, "SOCKS" in told.one("network")[1]) == (2, True)


class _ClockOfItsOwn(BaseHTTPRequestHandler):
    off = timedelta()

    def date_time_string(self, timestamp: float | None = None) -> str:
        return email.utils.format_datetime(datetime.now(UTC) + self.off, usegmt=True)

    def do_GET(self) -> None:
        is_version = self.path.startswith("/api/v2/version")
        body = b'{"dataTimestamp":"2026-09-11T09:00:04"}' if is_version else b'{"totalCount":9,"studies":[]}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def a_registry_whose_clock_is(off: timedelta) -> Iterator[str]:
    handler = type("Off", (_ClockOfItsOwn,), {"off": off})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@pytest.mark.parametrize(
    ("off", "level", "said"),
    [
        (timedelta(minutes=-30), "warning", "30 minutes ahead of"),
        (timedelta(days=3), "failure", "72 hours behind"),
    ],
)
def test_a_wrong_clock_is_seen_by_the_registrys(asked: Any, off: timedelta, level: str, said: str) -> None:
    with a_registry_whose_clock_is(off) as url:
        told = asked(TRIALWATCH_CTGOV_URL=url, TRIALWATCH_NOW="")
    assert told.one("clock")[0] == level
    assert said in told.one("clock")[1]
    assert told.code == (2 if level == "failure" else 0)


def test_a_clock_that_stands_still_is_told(asked: Any) -> None:
    assert asked().one("clock")[0] == "warning"


def test_a_watch_that_matches_nothing_or_everything_or_is_out_of_bounds(
    house: House, registry: SimulatedRegistry, asked: Any
) -> None:
    registry.put(*(a_trial(f"NCT1000000{n}") for n in range(4)))
    assert "4 of 4 trials: nearly everything" in asked().one("watch ketamine-sud")[1]
    house.configure(WATCH.replace("conditions", "max_trials = 3\nconditions"))
    told = asked()
    assert (told.code, told.failures) == (4, ["watch ketamine-sud"])
    house.configure(WATCH.replace("conditions", "min_trials = 30\nconditions"))
    assert "fewer than its min_trials of 30" in asked()["watch ketamine-sud"][-1]["sentence"]
    house.configure('[watch.none]\ninterventions = ["unobtainium"]\n')
    told = asked()
    assert told.one("watch none") == ("warning", "on clinicaltrials.gov it matches nothing")
    assert "nobody is told of the watch none" in told["subscriptions"][0]["sentence"]
    house.configure('[watch.some]\nfollow = ["NCT10000001"]\n')
    assert "follows 1 trials by number" in asked().one("watch some")[1]
    house.configure("[watch.all]\neverything = true\n")
    assert asked().one("watch all")[0] == "ok"
    house.configure('[watch.far]\nregistries = ["ictrp"]\nfollow = ["NCT10000001"]\n')
    assert asked().one("configuration") == (
        "ok",
        "far asks no registry: its trials come by `trialwatch import ictrp FILE`",
    )


@pytest.mark.slow
def test_a_watch_whose_searches_find_much_less_than_it_holds_would_be_refused(
    house: House, registry: SimulatedRegistry, asked: Any
) -> None:
    held = [f"NCT1000000{n}" for n in range(4)]
    registry.put(*map(a_trial, held))
    assert house.night().ending.code == 0
    registry.hide(*held)
    assert asked().code == 0, "the registry has no new data, so the night is a heartbeat"
    registry.night()
    told = asked()
    assert (told.code, told.failures) == (4, ["watch ketamine-sud"])
    said = told["watch ketamine-sud"][-1]
    assert "no longer find 4 of the 4 trials that we hold" in said["sentence"]
    assert "--accept collapse" in said["what_to_do"]
    assert house.night().ending.code == told.code
    house.configure(WATCH.replace('"ketamine"', '"unobtainium"'))
    assert asked().code == 0, "other words are asked, so that trials may leave"


def test_every_registry_of_the_watches_is_asked(house: House, asked: Any) -> None:
    house.configure(WATCH.replace("interventions", 'registries = ["clinicaltrials.gov", "isrctn"]\ninterventions'))
    with SimulatedIsrctn() as isrctn:
        told = asked(TRIALWATCH_ISRCTN_URL=isrctn.url)
    assert told.one("registry isrctn")[0] == "ok"
    assert [each["sentence"] for each in told["watch ketamine-sud"]] == [
        "on clinicaltrials.gov it matches nothing",
        "on isrctn it matches nothing",
    ]
    assert told["watch ketamine-sud"][1]["what_to_do"].endswith("so name each way in which a thing is said")
    assert len(told["clock"]) == 1
    assert asked(TRIALWATCH_ISRCTN_URL="http://127.0.0.1:9").code == 3


def test_bounds_are_of_all_registries_together(house: House, registry: SimulatedRegistry, asked: Any) -> None:
    registry.put(*(a_trial(f"NCT1000000{n}") for n in range(4)))
    lists = 'registries = ["clinicaltrials.gov", "isrctn"]\nmin_trials = 4\n'
    house.configure(WATCH.replace("interventions", f"{lists}interventions"))
    with SimulatedIsrctn() as isrctn:
        assert asked(TRIALWATCH_ISRCTN_URL=isrctn.url).code == 0


def test_a_number_that_no_registry_of_the_watch_gives_is_told(house: House, asked: Any) -> None:
    house.configure('[watch.some]\nfollow = ["NCT10000001", "ISRCTN10000001", "ISRCTN1000001"]\n')
    assert [(each["sentence"], each["what_to_do"]) for each in asked()["watch some"][1:]] == [
        (f"it names {number}, which none of its registries gives: nobody is asked for it", way_out)
        for number, way_out in (
            ("ISRCTN10000001", 'add "isrctn" to its registries'),
            ("ISRCTN1000001", "correct it, or take it out"),
        )
    ]


def test_a_watch_of_files_alone_needs_no_registry(house: House, asked: Any) -> None:
    house.configure('[watch.far]\nregistries = ["ictrp"]\nfollow = ["ACTRN12612000000001"]\n')
    told = asked(TRIALWATCH_CTGOV_URL="http://127.0.0.1:9")
    assert told.code == 0
    assert not told["registry clinicaltrials.gov"] + told["watch far"]
    ((level, said),) = [(each["level"], each["sentence"]) for each in told["schedule"]]
    assert (level, "run `trialwatch import ictrp FILE`" in said) == ("warning", True)


# -- mail ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("breaking", "said"),
    [
        ({"senders": ["somebody@else.org"]}, "does not accept our sender (553 5.7.1)"),
        ({"answers": {"ehlo": "554 go away"}}, "answered 554 to our greeting"),
        ({"refused": {"team@example.org": "550 5.1.1 no such"}}, "takes mail for none of 1 recipients"),
    ],
)
def test_what_a_mail_server_would_not_take_is_5(
    office: PostOffice, asked: Any, breaking: dict[str, Any], said: str
) -> None:
    for name, value in breaking.items():
        setattr(office, name, value)
    told = asked(TRIALWATCH_SMTP_URL=office.url)
    assert told.code == 5
    assert any(said in each["sentence"] for each in told["mail"]), told["mail"]
    assert office.mails == []


def test_one_recipient_of_two_that_is_refused_fails_no_night_and_is_named_by_its_place(
    house: House, office: PostOffice, asked: Any
) -> None:
    house.configure(WATCH.replace('"team@example.org"', '"team@example.org", "gone@example.org"'))
    office.refused["gone@example.org"] = "550 5.1.1 no such mailbox"
    told = asked(TRIALWATCH_SMTP_URL=office.url)
    assert told.code == 0
    level, sentence = told.one("mail")
    assert (level, "address 2 of subscription 'team'" in sentence) == ("warning", True)
    assert "gone@example.org" not in json.dumps(told.findings)
    office.refused["gone@example.org"] = "450 4.7.1 greylisted"
    assert "greylisting" in asked(TRIALWATCH_SMTP_URL=office.url)["mail"][0]["what_to_do"]


def test_a_mail_server_that_is_not_there_is_5_and_an_address_that_is_none_2(asked: Any) -> None:
    assert asked(TRIALWATCH_SMTP_URL="smtp://127.0.0.1:9").code == 5
    assert asked(TRIALWATCH_SMTP_URL="smtp://127.0.0.1:port").code == 2


def test_a_login_is_not_said_where_it_could_be_overheard(office: PostOffice, asked: Any) -> None:
    told = asked(TRIALWATCH_SMTP_URL=office.url.replace("//", "//user:hush-hush@"))
    assert (told.code, "offers no STARTTLS" in told.one("mail")[1]) == (5, True)
    assert "hush-hush" not in json.dumps(told.findings)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_login_that_is_refused_is_5(
    authority: Any, trusting: ssl.SSLContext, asked: Any, tmp_path: Path
) -> None:
    (tmp_path / "root.pem").write_text(
        "".join(map(ssl.DER_cert_to_PEM_cert, trusting.get_ca_certs(binary_form=True)))
    )
    with open_moody_post(authority("127.0.0.1")) as office:
        url = f"smtp://us:hush-hush@127.0.0.1:{office.port}"
        assert "certificate" in asked(TRIALWATCH_SMTP_URL=url).one("mail")[1], "whom this machine does not trust"
        office.mood["AUTH"] = "535 5.7.8 hush-hush is wrong"
        told = asked(TRIALWATCH_SMTP_URL=url, SSL_CERT_FILE=str(tmp_path / "root.pem"))
    assert (told.code, "did not accept our user and password (535)" in told.one("mail")[1]) == (5, True)
    assert "hush-hush" not in json.dumps(told.findings)


# -- disk and store ------------------------------------------------------------------------------------


def test_a_disk_that_is_nearly_full(tmp_path: Path, asked: Any) -> None:
    with a_small_disk(tmp_path / "disk", 64) as mounted:
        film = fill(mounted, but=48 << 20)
        assert asked(TRIALWATCH_DATA_DIR=str(mounted / "data")).one("disk")[0] == "warning"
        film.unlink()
        fill(mounted, but=1 << 20)
        told = asked(TRIALWATCH_DATA_DIR=str(mounted / "data"))
        assert (told.code, told.failures) == (2, ["disk"])
        assert "1 MB are free" in told.one("disk")[1]


def test_a_folder_that_cannot_be_written(tmp_path: Path, asked: Any) -> None:
    with a_small_disk(tmp_path / "disk", 128) as mounted:
        (mounted / "data").mkdir()
        make_read_only(mounted)
        told = asked(TRIALWATCH_DATA_DIR=str(mounted / "data"))
    assert told.code == 2
    assert "the disk can only be read" in told["folders"][0]["sentence"]


def test_a_folder_that_is_anothers(house: House, asked: Any) -> None:
    if os.geteuid():
        pytest.skip("only root can give a folder away")
    house.settings.data_dir.mkdir()
    os.chown(house.settings.data_dir, 12345, -1)
    told = asked()
    assert told.one("folders")[0] == "warning"
    assert "user 12345's" in told.one("folders")[1]


def test_a_folder_that_another_may_not_look_into(house: House, registry: SimulatedRegistry, asked: Any) -> None:
    if os.geteuid():
        pytest.skip("only root can be somebody else")
    registry.put(a_trial())
    house.night()
    asked()  # all that it imports is read while it may be
    os.seteuid(12345)
    try:
        told = asked()
    finally:
        os.seteuid(0)
    assert told.code == 2
    for name in ("folders", "store", "disk"):
        level, sentence = told.one(name)
        assert (level, "this user may not do that" in sentence) == ("failure", True)
        assert "run trialwatch as the user who runs the nights" in told[name][0]["what_to_do"]


def test_the_demos_folder_is_no_place_for_real_nights(house: House, asked: Any) -> None:
    house.settings.data_dir.mkdir()
    note(house.folder)
    assert "holds the demo's made-up nights" in asked()["folders"][0]["sentence"]


@pytest.mark.slow
def test_a_store_that_is_newer_damaged_none_or_held(house: House, registry: SimulatedRegistry, asked: Any) -> None:
    registry.put(a_trial())
    house.night()
    path = house.settings.store / FILE
    whole = path.read_bytes()
    with locked(house.settings.store, "trialwatch run"):
        level, sentence = asked().one("store")
    assert (level, "held by trialwatch run" in sentence) == ("warning", True)
    with duckdb.connect(str(path)) as con:
        con.execute("INSERT INTO store_schema VALUES (99, now())")
    told = asked()
    assert (told.code, "version 99" in told.one("store")[1]) == (2, True)
    for place, end in ((0, 4096), (THREE_HEADERS, len(whole))):
        path.write_bytes(whole[:place] + bytes(b ^ 0xFF for b in whole[place:end]) + whole[end:])
        told = asked()
        assert (told.code, told.one("store")[0]) == (2, "failure"), place
        assert "trialwatch restore FILE" in told["store"][0]["what_to_do"]
    path.unlink()
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE somebody_elses AS SELECT 1")
    assert asked().one("store")[0] == "failure"


# -- what starts the nights ----------------------------------------------------------------------------


@pytest.mark.slow
def test_nights_that_have_stopped(house: House, registry: SimulatedRegistry, asked: Any) -> None:
    registry.put(a_trial())
    assert asked().one("schedule")[1] == "no night has been yet"
    house.night()
    assert asked().one("schedule")[0] == "ok"
    house.now += timedelta(days=4)
    level, sentence = asked().one("schedule")
    assert (level, "5 days old" in sentence) == ("warning", True)
    house.settings.status_file.write_bytes(b"{")
    told = asked()
    assert (told.code, told.one("schedule")[0]) == (0, "warning"), "the next night writes it anew"


def test_prefect_that_is_not_reachable_costs_no_night(asked: Any, tmp_path: Path) -> None:
    told = asked(PREFECT_API_URL=f"http://127.0.0.1:{free_port()}/api")
    assert (told.code, "no server answers" in told.one("prefect")[1]) == (0, True)
    (tmp_path / "taken").write_text("")
    told = asked(PREFECT_API_URL="", PREFECT_HOME=str(tmp_path / "taken"))
    assert (told.code, "cannot write into its folder" in told.one("prefect")[1]) == (0, True)


class _OldPrefect(_ClockOfItsOwn):
    """Answers as a Prefect server of another version does that asks for a login, and has two late runs."""

    def do_GET(self) -> None:
        self._answer('"2.20.1"' if self.path.endswith("/version") else "true")

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert asked["flow_runs"]["state"]["name"]["any_"] == ["Late"]
        self._answer("[{}, {}]")

    def _answer(self, text: str) -> None:
        is_let_in = self.path.endswith("/health") or self.headers["Authorization"] == "Basic dXM6aHVzaA=="
        self.send_response(200 if is_let_in else 401)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())


def test_a_prefect_server_of_another_version_and_runs_that_nothing_takes_up(asked: Any, tmp_path: Path) -> None:
    (tmp_path / "prefect").mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), _OldPrefect) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/api"
        shut_out = asked(PREFECT_API_URL=url)
        profiles = f'active = "us"\n[profiles.us]\nPREFECT_API_URL = "{url}"\n'
        (tmp_path / "prefect/profiles.toml").write_text(profiles, "utf-8")
        told = asked(PREFECT_API_URL="", PREFECT_API_AUTH_STRING="us:hush")
        server.shutdown()
    assert "would not tell its version" in shut_out.one("prefect")[1]
    assert told.code == 0
    assert "is of version 2.20.1" in told.one("prefect")[1]
    assert told["schedule"][0]["sentence"] == "2 planned runs are late: nothing takes them up"


def test_what_is_configured_and_not_installed(asked: Any, tmp_path: Path) -> None:
    from importlib.util import find_spec

    # Nothing brings gcsfs; s3fs may be there or not.
    places = f"file://{tmp_path}/shared s3://bucket/trials gs://bucket/trials"
    told = asked(TRIALWATCH_PUBLISH_URL=places, TRIALWATCH_NOTIFY_SLACK="json://127.0.0.1:9")
    assert told.code == 2
    *s3, gs = told["extras"]
    assert "pip install 'fsspec[gs]'" in gs["sentence"]
    assert (not s3) if find_spec("s3fs") else ("wheel with [publish]" in s3[0]["sentence"])


def test_an_environment_file_that_is_not_there_hides_nothing(asked: Any, tmp_path: Path) -> None:
    told = asked(TRIALWATCH_ENV_FILE=str(tmp_path / "none.env"))
    assert (told.code, "none.env cannot be read" in told.one("settings")[1]) == (2, True)
    assert told.one("registry clinicaltrials.gov")[0] == "ok"


# -- channels ------------------------------------------------------------------------------------------

TOLD_BY_CHANNEL = """
[[subscription]]
name = "chat"
watch = "ketamine-sud"
notify = ["team"]
"""


def test_a_channel_needs_an_address_and_reaches_somebody(house: House, asked: Any) -> None:
    house.configure(WATCH + TOLD_BY_CHANNEL)
    told = asked(TRIALWATCH_NOTIFY_TEAMS="https://127.0.0.1:9/secret")
    assert told.code == 2
    (finding,) = told["channels"]
    assert "TRIALWATCH_NOTIFY_TEAM is not set" in finding["sentence"]
    assert "TRIALWATCH_NOTIFY_TEAMS" in finding["sentence"], "the nearest that is set"
    told = asked(TRIALWATCH_NOTIFY_TEAM="https://127.0.0.1:9/secret")
    assert told.one("channels")[0] == "ok"
    assert not any(
        "reaches nobody" in each["sentence"] and "chat" in each["sentence"] for each in told["subscriptions"]
    )
    assert "secret" not in str(told)
