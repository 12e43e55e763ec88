"""Passwords and recipients: in nights that fail in every way, nothing that is written or said holds one."""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
import zstandard

from connectors.simulated import SimulatedRegistry
from tests.house import House
from tests.records import a_trial, with_status

SECRET = "Tr0ub4dor-3"
SECRETS = (SECRET, "Tr0ub4dor%2D3", "VHIwdWI0ZG9yLTM")
"""As it is, percent-encoded and in base64."""
RECIPIENTS = ("confidential-reader", "second-reader")
WATCH = f"""
[watch.w]
interventions = ["ketamine"]

[[subscription]]
name = "team"
watch = "w"
to = ["{RECIPIENTS[0]}@example.org", "{RECIPIENTS[1]}@example.org"]
notify = ["slack"]
"""
EVERYWHERE = {
    "TRIALWATCH_NOTIFY_SLACK": f"https://watch:{SECRET}@127.0.0.1:9/{SECRET}",
    "TRIALWATCH_PUBLISH_URL": f"s3://key:{SECRET}@bucket/path?endpoint_url=http://127.0.0.1:9 "
    f"ducklake:postgres://watch:{SECRET}@127.0.0.1:9/lake?data_path=/nowhere "
    f"ducklake:sqlite:/nowhere?data_path=s3://bucket/lake&key=k&secret={SECRETS[1]}",
    "TRIALWATCH_OPERATOR": "operator@example.org",
}


TYPED = "import sys; from flows.cli import main; main(sys.argv[1:])"


def run(house: House, *words: str, script: str = TYPED, **more: str) -> str:
    """Type a command in a process of its own; returns all that it printed."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "TRIALWATCH_"))},
        "HOME": str(house.folder),
        "PREFECT_HOME": str(house.folder / "prefect"),
        "TRIALWATCH_DATA_DIR": str(house.folder / "data"),
        "TRIALWATCH_CONFIG": str(house.folder / "trialwatch.toml"),
        "TRIALWATCH_CTGOV_URL": house.registry_url.replace("http://", f"http://watch:{SECRET}@"),
        "TRIALWATCH_REQUESTS_PER_SECOND": "100000",
        "TRIALWATCH_RETRY_SECONDS": "0",
        "TRIALWATCH_SMTP_URL": f"smtp://watch:{SECRETS[1]}@127.0.0.1:9",
        **EVERYWHERE,
        **more,
    }
    typed = [sys.executable, "-c", script, *words]
    done = subprocess.run(typed, env=environment, cwd=house.folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1, 2, 3, 5, 7), done.stderr
    return f"{done.stdout}\n{done.stderr}"


def written(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file, its bytes as they are and, where those are packed, what is in them."""
    for path in folder.rglob("*"):
        if not path.is_file() or path.name == "trialwatch.toml":
            continue
        name = str(path.relative_to(folder))
        yield name, path.read_bytes()
        if path.suffix == ".zst":
            yield name, zstandard.decompress(path.read_bytes(), max_output_size=10_000_000)
        if path.suffix == ".duckdb":
            aside = folder.parent / "looked at.duckdb"
            shutil.copy(path, aside)
            if path.read_bytes()[8:12] != b"DUCK":
                continue
            with duckdb.connect(str(aside), read_only=True) as con:
                tables = con.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
                for schema, table in tables:
                    rows = con.execute(f'SELECT * FROM "{schema}"."{table}"').fetchall()
                    yield f"{name}: {table}", repr(rows).encode()


def no_secret(house: House, *printed: str) -> None:
    for name, content in (*written(house.folder), *(("printed", text.encode()) for text in printed)):
        for secret in SECRETS:
            assert secret.encode() not in content, name


def no_recipient(house: House) -> None:
    """Recipients are in the store and in the mails, and nowhere else."""
    for name, content in written(house.folder / "data"):
        if not name.startswith(("store/", "outbox/")):
            for recipient in RECIPIENTS:
                assert recipient.encode() not in content, name


@pytest.fixture
def house(tmp_path: Path, registry: SimulatedRegistry) -> House:
    folder = tmp_path / "house"
    folder.mkdir()
    made = House(folder, registry.url)
    made.configure(WATCH)
    registry.put(a_trial("NCT10000001"), a_trial("NCT10000002"))
    return made


@contextmanager
def echoing() -> Iterator[int]:
    """A mail server that offers to log in, and repeats in its refusals whatever it was sent."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection, connection.makefile("rwb", buffering=0) as lines:
                    lines.write(b"220 echo\r\n")
                    for line in lines:
                        if line.upper().startswith(b"EHLO"):
                            lines.write(b"250-echo\r\n250 AUTH PLAIN LOGIN\r\n")
                        else:
                            lines.write(b"535 5.7.8 no: " + line.strip() + b"\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.slow
def test_nights_whose_mail_fails_keep_the_password_to_themselves(
    house: House, registry: SimulatedRegistry
) -> None:
    printed = [run(house, "run", "--no-prefect", "--json")]
    assert "still due" in printed[0]
    registry.night()
    registry.edit("NCT10000001", with_status("COMPLETED"))
    with echoing() as port:
        # Without TLS the password is not even sent; a wrong address is told without it.
        printed.append(
            run(house, "run", "--no-prefect", TRIALWATCH_SMTP_URL=f"smtp://watch:{SECRET}@127.0.0.1:{port}")
        )
        printed.append(run(house, "deliver", TRIALWATCH_SMTP_URL=f"smtp://127.0.0.1:{port}"))
    assert "no STARTTLS" in printed[1]
    for wrong in (
        "smtp://watch:{}@127.0.0.1:99999",
        "http://watch:{}@h",
        "smtp://watch:{}@h/x",
        "smtp://:{}@",
        "{}",
    ):
        printed.append(run(house, "run", "--no-prefect", TRIALWATCH_SMTP_URL=wrong.format(SECRET)))
    printed += [run(house, "status", "--json"), run(house, "changes", "--json"), run(house, "show", "NCT10000001")]
    no_secret(house, *printed)
    no_recipient(house)


@pytest.mark.slow
@pytest.mark.sampled
@pytest.mark.parametrize(
    "address",
    [
        "http://watch:{}@127.0.0.1:9",
        "htp://watch:{}@127.0.0.1:9",
        "http://watch:{}@[::1",
        "http://watch:{}@127.0.0.1:99999",
        "http://watch:{}@127.0.0.1:port",
        "watch:{}@127.0.0.1",
    ],
)
def test_a_registrys_address_is_told_without_its_login(house: House, address: str) -> None:
    said = run(house, "run", "--no-prefect", TRIALWATCH_CTGOV_URL=address.format(SECRET))
    assert "127.0.0.1" in said or "::1" in said
    no_secret(house, said)


@pytest.mark.slow
def test_a_bug_is_told_with_its_lines_and_without_what_they_held(house: House) -> None:
    (house.folder / "data/store").mkdir(parents=True)
    (house.folder / "data/store/store.duckdb").write_bytes(b"no database" * 1000)
    said = run(house, "run", "--no-prefect")
    assert "store.duckdb" in said
    no_secret(house, said)


OF_A_FLOW = f"""
import logging
from flows import scheduled
from flows.with_prefect.told_to_prefect import discreet

for name in ("trialwatch", "prefect.runner", "prefect._internal"):
    logging.getLogger(name).error("no one answers at https://watch:{SECRET}@127.0.0.1:9")
try:
    with scheduled.with_bugs_logged():
        raise RuntimeError("{SECRETS[1]}")
except RuntimeError as error:
    print(discreet(str(error)))
"""
"""What a flow's process says, whose logging Prefect has set up."""


@pytest.mark.slow
@pytest.mark.prefect
def test_what_a_flows_process_logs_keeps_the_password_to_itself(house: House) -> None:
    said = run(house, script=OF_A_FLOW, PREFECT_LOGGING_TO_API_ENABLED="false")
    assert said.count("https://watch:…@127.0.0.1:9") == 3, said
    assert "RuntimeError: …" in said
    assert said.startswith("…")
    no_secret(house, said)


@pytest.mark.prefect
@pytest.mark.slow
def test_prefect_is_told_no_secret_and_no_recipient(house: House) -> None:
    said = run(house, "run")
    assert "still due" in said
    assert any((house.folder / "prefect").glob("*.db"))
    no_secret(house, said)
    for name, content in written(house.folder / "prefect"):
        for recipient in RECIPIENTS:
            assert recipient.encode() not in content, name
    no_recipient(house)
    said = run(house, "run", PREFECT_API_URL=f"http://watch:{SECRET}@127.0.0.1:9/api")
    assert "Prefect could not start" in said
    no_secret(house, said)
