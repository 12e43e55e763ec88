"""What an analyst can type into ``trialwatch query``: any question, and nothing but questions."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.house import House
from tests.rawregistry import RawRegistry
from tests.records import a_trial
from warehouse.errors import QuestionError
from warehouse.publish import questions
from warehouse.publish.analysts_file import FILE


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house after one night. Nobody here changes it: that is what is seen to."""
    with RawRegistry([json.dumps(a_trial(f"NCT1000000{n}")).encode() for n in range(3)]) as registry:
        made = House(tmp_path_factory.mktemp("house"), registry.url)
        made.configure(
            '[watch.all]\neverything = true\n[[subscription]]\nname = "t"\nwatch = "all"\nto = ["a@b.org"]\n'
        )
        made.night()
    return made


def everything(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def typed(house: House, sql: str, *more: str) -> tuple[int, str, str]:
    environment = {
        **os.environ,
        "TRIALWATCH_DATA_DIR": str(house.folder / "data"),
        "TRIALWATCH_CONFIG": str(house.folder / "trialwatch.toml"),
        "COLUMNS": "200",
    }
    words = [
        sys.executable,
        "-c",
        "import sys; from flows.cli import main; main(sys.argv[1:])",
        "query",
        sql,
        *more,
    ]
    done = subprocess.run(words, env=environment, cwd=house.folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def refused(house: House, sql: str) -> str:
    """DuckDB's or our own words of refusal."""
    with (
        questions.published(house.settings.published / FILE) as con,
        pytest.raises(QuestionError) as said,
    ):
        questions.ask(con, sql)
    return str(said.value)


SHUT_OUT = [
    *("ATTACH 'data/store/store.duckdb' AS store", "ATTACH ':memory:' AS m", "DETACH trialwatch"),
    *("USE memory", "COPY trials TO 'out.csv'", "COPY (SELECT 1) TO 'out.parquet'"),
    *("COPY kept.trial FROM 'trialwatch.toml'", "EXPORT DATABASE 'out'", "IMPORT DATABASE 'out'"),
    *("SELECT * FROM read_csv('trialwatch.toml')", "SELECT * FROM read_text('trialwatch.toml')"),
    *("SELECT * FROM read_blob('/etc/passwd')", "SELECT * FROM read_json('data/status.json')"),
    *("SELECT * FROM parquet_scan('x.parquet')", "SELECT * FROM parquet_metadata('x.parquet')"),
    *("SELECT * FROM sniff_csv('trialwatch.toml')", "SELECT * FROM 'trialwatch.toml'"),
    *("SELECT * FROM '/etc/passwd'", "SELECT * FROM 'http://127.0.0.1:9/x.csv'"),
    *("FROM read_csv('s3://bucket/x.csv')", "FROM 'x.duckdb'", "INSTALL httpfs", "LOAD httpfs"),
    *("LOAD 'data/x.duckdb_extension'", "FORCE INSTALL json", "UPDATE EXTENSIONS"),
    *("SET enable_external_access = true", "SET lock_configuration = false", "RESET memory_limit"),
    *("PRAGMA memory_limit = '1TB'", "PRAGMA enable_profiling", "SET VARIABLE a = 1"),
    *("PRAGMA database_size; SELECT 1", "CREATE TABLE x AS SELECT 1"),
    *("CREATE TEMP TABLE x AS SELECT 1", "CREATE VIEW x AS SELECT 1", "CREATE MACRO f() AS 1"),
    *("CREATE SECRET (TYPE s3)", "CREATE TYPE t AS ENUM ('a')", "CREATE SCHEMA s"),
    *("INSERT INTO kept.trial SELECT * FROM kept.trial", "UPDATE kept.trial SET fate = 'gone'"),
    *("DELETE FROM kept.trial", "TRUNCATE kept.trial", "DROP VIEW trials", "DROP TABLE kept.trial"),
    *("ALTER TABLE kept.trial ADD COLUMN x INT", "COMMENT ON VIEW trials IS 'x'", "VACUUM"),
    *("CHECKPOINT", "ANALYZE", "BEGIN", "COMMIT", "PREPARE p AS SELECT 1", "EXECUTE p"),
    *("DEALLOCATE p", "CALL enable_logging()", "CALL pragma_version()", "SELECT getenv('HOME')"),
    *("SELECT * FROM duckdb_secrets()", "FROM con", "FROM values", "SELECT 1; ATTACH 'x' AS x"),
    *("SELECT 1; SELECT 2", "ATTACH 'x' AS x; SELECT 1", "CREATE TEMP TABLE x(a INT); FROM x"),
    "WITH gone AS (DELETE FROM kept.trial RETURNING *) FROM gone",
    *("EXPLAIN ANALYZE DELETE FROM kept.trial", "EXPLAIN ANALYZE COPY trials TO 'out.csv'", "", ";"),
    *("-- only words", "\x00", "SELECT '\ud800'", "SELECT $1", "SELEC 1"),
    *("FROM query('DELETE FROM kept.trial')", "SELECT * FROM query_table('/etc/passwd')"),
    "SELECT nextval('x')",
]  # fmt: skip


@pytest.mark.sampled
@pytest.mark.parametrize("sql", SHUT_OUT)
def test_what_is_no_question_of_this_file_is_refused_with_a_sentence(house: House, sql: str) -> None:
    before = everything(house.folder)
    assert refused(house, sql).strip()
    assert everything(house.folder) == before


@pytest.mark.parametrize(
    "sql",
    [
        *(
            "FROM trials",
            "SELECT count(*) FROM kept.trial",
            "WITH a AS (SELECT 1 AS x) SELECT x FROM a",
            "VALUES (1)",
        ),
        *(
            "DESCRIBE trials",
            "SHOW TABLES",
            "SUMMARIZE trials",
            "EXPLAIN FROM trials",
            "TABLE trials",
            "SELECT 1;",
        ),
        *(
            "PIVOT trials ON overall_status USING count(*)",
            "SELECT now() > TIMESTAMP '2020-01-01'",
            "/* a */ SELECT 1",
        ),
    ],
)
def test_every_question_is_answered(house: House, sql: str) -> None:
    with questions.published(house.settings.published / FILE) as con:
        assert questions.ask(con, sql).rows


def test_typed_a_refusal_is_2_a_sentence_and_no_output(house: House) -> None:
    before = everything(house.folder)
    for sql in (
        "COPY trials TO 'out.csv'",
        "SELECT 1; ATTACH 'x' AS x",
        "SELECT * FROM read_text('trialwatch.toml')",
    ):
        code, out, err = typed(house, sql)
        assert (code, out) == (2, "")
        assert err.startswith("trialwatch: ")
        assert "Traceback" not in err
    assert everything(house.folder) == before


@pytest.mark.parametrize(
    "hog",
    [
        pytest.param("SELECT list(range) FROM range(10000000000)", marks=pytest.mark.slow),
        pytest.param("SELECT * FROM range(10000000000) ORDER BY hash(range)", marks=pytest.mark.slow),
        "SELECT INTERVAL 100000000 YEAR",
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(house: House, hog: str) -> None:
    before = everything(house.folder)
    assert refused(house, hog).strip()
    assert everything(house.folder) == before


def test_a_question_without_end_is_ended_by_an_interruption(house: House) -> None:
    script = (
        "import signal, sys; from flows import cli; from warehouse.publish import questions; "
        "signal.signal(signal.SIGINT, signal.default_int_handler); "  # whoever runs the tests may ignore it
        "print('.', flush=True); "
        "cli.main(['query', sys.argv[1]])"
    )
    words = [sys.executable, "-c", script, "SELECT count(*) FROM range(1000000000000)"]
    environment = {**os.environ, "TRIALWATCH_DATA_DIR": str(house.folder / "data")}
    with subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        for _ in range(60):  # as often as it takes: one may come before the question is asked
            time.sleep(1)
            process.send_signal(signal.SIGINT)
            if process.poll() is not None:
                break
        else:
            process.kill()
        err = process.stderr.read()
        assert process.wait() == 130
    assert err.startswith("trialwatch: interrupted")


ODD = """
SELECT 'nan'::DOUBLE AS nan, 'inf'::FLOAT AS inf, '-inf'::DOUBLE AS less, '\\xAA\\x00'::BLOB AS blob,
    INTERVAL 3 DAY AS span, {'a': [1.5, NULL], 'b': {'c': DATE '2020-01-02', 'd': 'nan'::DOUBLE}} AS nest,
    MAP {1: 'a'} AS map, MAP {[1]: 'a'} AS odd_map, 1.50::DECIMAL(5, 2) AS price,
    12345678901234567890.123456789::DECIMAL(38, 9) AS exact, TIME '01:02:03' AS hour, '101'::BIT AS bits,
    1 AS same, 2 AS same, 170141183460469231731687303715884105727::HUGEINT AS huge, chr(0) || chr(155) AS steering,
    DATE '99999-01-01' AS late, DATE '0044-03-15 (BC)' AS early, 'infinity'::TIMESTAMP AS never,
    TIMESTAMPTZ '2020-01-02 03:04:05+00' AS at, union_value(k := 1) AS one, []::VARCHAR[] AS nothing,
    '00000000-0000-0000-0000-000000000001'::UUID AS id, 'a'::ENUM ('a') AS word
"""


def test_every_kind_of_value_is_strict_json(house: House) -> None:
    code, out, err = typed(house, ODD, "--json")
    assert code == 0, err
    assert all(letter.isprintable() or letter == "\n" for letter in out)

    def strict(constant: str) -> Any:
        raise AssertionError(f"{constant} is no JSON")

    (row,) = json.loads(out, parse_constant=strict)
    never = row.pop("never")
    assert never.startswith("9999-12-31")
    assert row == {
        "nan": None,
        "inf": None,
        "less": None,
        "blob": "aa00",
        "span": "259200 seconds",
        "nest": {"a": [1.5, None], "b": {"c": "2020-01-02", "d": None}},
        "map": {"1": "a"},
        "odd_map": {"key": [[1]], "value": ["a"]},
        "price": 1.5,
        "exact": "12345678901234567890.123456789",
        "hour": "01:02:03",
        "bits": "101",
        "same": 1,
        "same_1": 2,
        "huge": 170141183460469231731687303715884105727,
        "steering": "\x00\x9b",
        "late": "99999-01-01",
        "early": "0044-03-15 (BC)",
        "at": "2020-01-02T03:04:05+00:00",
        "one": 1,
        "nothing": [],
        "id": "00000000-0000-0000-0000-000000000001",
        "word": "a",
    }
