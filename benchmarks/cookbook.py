"""How long the cookbook's questions take on a whole registry: trials made up by SQL, published as ever.

uv run python benchmarks/cookbook.py [trials] [folder]

Each time is also told as a ratio to reading every version's title once, so that runs on other machines compare.
With a folder the published file stays there, and is asked again when it is there already.
"""

import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import duckdb

from docs.refresh import recipes
from warehouse.publish.analysts_file import FILE, publish
from warehouse.store.file import opened

NOW = datetime(2026, 10, 2, 2, 30)  # noqa: DTZ001 - as stored: UTC without a zone
VERSIONS = 7
"""Versions of a trial; the registry's own mean is 7.4."""

FILL = """
CREATE TEMP TABLE made AS
SELECT
    format('NCT{:08d}', n) AS trial_id,
    n,
    hash(n) % 1000 AS dice,
    DATE '2005-01-01' + (hash(n, 1) % 7900)::INT AS posted
FROM range(1, $trials + 1) AS numbers(n);

INSERT INTO trial BY NAME
SELECT
    trial_id, 'clinicaltrials.gov' AS registry_name, $versions AS version_number,
    TIMESTAMP '2026-01-01 02:30' AS first_seen_at, TIMESTAMP '2026-10-02 02:30' AS last_seen_at,
    'https://clinicaltrials.gov/study/' || trial_id AS url
FROM made;

INSERT INTO trial_version BY NAME
SELECT
    trial_id, v AS version_number,
    least(posted + (v * (30 + dice % 300))::INT, DATE '2026-09-30') AS registry_date, 'posted' AS registry_date_basis,
    TIMESTAMP '2026-01-01 02:30' + to_days((v * 38)::INT) AS observed_at,
    if(v = $versions, NULL, TIMESTAMP '2026-01-01 02:30' + to_days(((v + 1) * 38)::INT)) AS superseded_at,
    'nightly' AS source, md5(trial_id || v) AS content_hash, 'r' AS run_id,
    'A Trial of Something in a Condition of Some Kind, Number ' || n AS title,
    'A Randomised, Double-Blind, Placebo-Controlled Trial of Something in a Condition of Some Kind, Number ' || n
        AS official_title,
    [
        'NOT_YET_RECRUITING', 'RECRUITING', 'RECRUITING', 'ACTIVE_NOT_RECRUITING', 'COMPLETED', 'COMPLETED',
        'TERMINATED', 'UNKNOWN'
    ][1 + ((v + dice) % 8)::INT] AS overall_status,
    'INTERVENTIONAL' AS study_type, ['PHASE2'] AS phases, 10 + dice AS enrollment, if(v < 5, 'ESTIMATED', 'ACTUAL') AS enrollment_type,
    strftime(posted + 900, '%Y-%m') AS completion_date, if(dice % 3 = 0, 'ESTIMATED', 'ACTUAL') AS completion_date_type,
    date_trunc('month', posted + 900)::DATE AS completion_date_earliest, last_day(posted + 900) AS completion_date_latest,
    strftime(posted + 900, '%Y-%m') AS expected_end_date, if(dice % 3 = 0, 'ESTIMATED', 'ACTUAL') AS expected_end_date_type,
    last_day(posted + 900) AS expected_end_on,
    strftime(posted + 700, '%Y-%m') AS status_verified_date,
    date_trunc('month', posted + 700)::DATE AS status_verified_date_earliest,
    last_day(posted + 700) AS status_verified_date_latest,
    strftime(posted + 700, '%Y-%m') AS primary_completion_date, last_day(posted + 700) AS primary_completion_date_latest,
    posted + 100 AS start_date_latest, posted AS first_posted_on, dice % 7 = 0 AS has_results,
    if(dice % 7 = 0, posted + (1000 + dice)::INT, NULL) AS results_first_posted_on, posted + 950 AS last_update_posted_on,
    'Sponsor ' || dice * 17 % 40000 AS lead_sponsor, 'OTHER' AS lead_sponsor_class
FROM made, range(1, $versions + 1) AS versions(v);

INSERT INTO trial_site BY NAME
SELECT
    trial_id, s::VARCHAR AS item_key, s AS position, 'Clinic ' || s AS facility, 'Town' AS city,
    ['United States', 'France', 'China', 'Germany', 'Canada'][1 + ((dice + s) % 5)::INT] AS country
FROM made, range(1, 6) AS sites(s);

INSERT INTO trial_substance BY NAME
SELECT
    trial_id, ['alcohol', 'cannabis', 'cocaine', 'opioid', 'tobacco'][1 + (dice % 5)::INT] AS substance,
    'trial_conditions' AS field, 'words' AS matched_text, 'the condition names a disorder of it' AS rule,
    'high' AS confidence
FROM made;

INSERT INTO trial_detail BY NAME
SELECT
    trial_id, 'RANDOMIZED' AS allocation, ['NONE', 'DOUBLE', 'QUADRUPLE'][1 + (dice % 3)::INT] AS masking,
    'TREATMENT' AS primary_purpose, dice % 2 = 0 AS is_fda_regulated_drug
FROM made;

INSERT INTO trial_outcome BY NAME
SELECT
    trial_id, o::VARCHAR AS item_key, o AS position, if(o = 1, 'primary', 'secondary') AS outcome_type,
    ['Days of use', 'Craving', 'Retention'][o] || ', arm by arm, as number ' || n AS measure, '12 weeks' AS time_frame
FROM made, range(1, 4) AS outcomes(o);

INSERT INTO trial_concept BY NAME
SELECT
    trial_id, concept, value, if(concept = 'dose', 0.5, NULL) AS mg_per_kg, 'trial_arms' AS field, words AS matched_text,
    if(value = 'days of use', 'a primary outcome''s name', 'said so') AS rule, 'high' AS confidence
FROM made, (
    VALUES
        ('dose', '0.5 mg/kg', '0.5 mg/kg'), ('comparator', 'midazolam', 'Midazolam'), ('route', 'intravenous', 'infusion'),
        ('psychotherapy', 'none', ''), ('outcome_instrument', 'days of use', 'Days of use'),
        ('outcome_instrument', 'craving scale', 'Craving'), ('outcome_instrument', 'retention', 'Retention')
) AS found(concept, value, words);

INSERT INTO trial_judgement BY NAME
SELECT trial_id, 'treatment' AS drug_role, dice % 10 < 9 AS is_relevant, 'words' AS reason, 'v' AS rules_version
FROM made;

INSERT INTO watch_member BY NAME
SELECT
    'everything' AS watch, trial_id, 1 AS stay, dice % 10 < 9 AS is_relevant,
    TIMESTAMP '2026-01-01 02:30' AS entered_at, 'found' AS why_entered
FROM made;

INSERT INTO trial_identifier BY NAME
SELECT
    trial_id, '1' AS item_key, 1 AS position, 'ORG-' || dice AS identifier, 'ORG' AS identifier_type, false AS is_alias
FROM made;

INSERT INTO change BY NAME
SELECT
    md5(trial_id || v) AS change_id, trial_id,
    ['eligibility_changed', 'completed', 'date_slipped', 'sites_changed', 'enrollment_changed', 'overdue'][
        1 + (dice % 6)::INT
    ] AS kind,
    ['eligibilityModule', 'overall_status', 'completion_date', 'trial_sites', 'enrollment', 'is_overdue'][
        1 + (dice % 6)::INT
    ] AS field,
    '1' AS old_value, '2' AS new_value, 'sponsor' AS cause, ['low', 'high', 'medium', 'low', 'low', 'medium'][
        1 + (dice % 6)::INT
    ] AS materiality,
    'why' AS reason, v - 1 AS from_version, v AS to_version, DATE '2026-09-01' AS registry_date,
    TIMESTAMP '2026-01-01 02:30' + to_days((v * 38 + dice % 38 - 31)::INT) AS observed_at, 'r' AS run_id,
    'nightly' AS source
FROM made, range(3, $versions + 1, 2) AS versions(v);

INSERT INTO run BY NAME
SELECT
    'r' AS run_id, 'everything' AS watch, 'clinicaltrials.gov' AS registry_name, TIMESTAMP '2026-10-02' AS started_at,
    TIMESTAMP '2026-10-02' AS finished_at, 'complete' AS outcome, 'complete' AS sentence,
    '2026-10-01T09:00:04' AS data_version_after
"""


def made(trials: int, folder: Path) -> Path:
    """A published file of that many trials; made where it is not there yet."""
    published = folder / "published" / FILE
    if not published.exists():
        (folder / "store").mkdir(parents=True, exist_ok=True)
        with opened(folder / "store") as con:
            con.execute("SET preserve_insertion_order = false")
            for statement in FILL.split(";\n"):
                values = {"trials": trials, "versions": VERSIONS}
                con.execute(statement, {name: value for name, value in values.items() if f"${name}" in statement})
            began = time.perf_counter()
            publish(con, published.parent, now=NOW, run_id="r", is_complete=True)
            print(f"published {trials:,} trials, Parquet included, in {time.perf_counter() - began:.1f} s")
    return published


def main(trials: int, folder: Path) -> None:
    with duckdb.connect(str(made(trials, folder)), read_only=True) as con:
        plain = _seconds(con, "SELECT count(*) FROM trial_states WHERE contains(title, 'Number 7')")
        print(f"counting the states whose title has a word: {plain:.3f} s")
        for number, (question, sql) in enumerate(recipes().items(), 1):
            spent = _seconds(con, sql)
            print(f"{number:2}. {spent:6.3f} s  {spent / plain:6.1f} ×  {question}")


def _seconds(con: duckdb.DuckDBPyConnection, sql: str) -> float:
    """The better of two: the first reads from disk what the second finds read."""
    spent = []
    for _ in range(2):
        began = time.perf_counter()
        con.execute(sql).fetchall()
        spent.append(time.perf_counter() - began)
    return min(spent)


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 600_000
    if len(sys.argv) > 2:
        main(count, Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(count, Path(temporary))
