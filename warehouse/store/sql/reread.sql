-- What is staged of versions that are held, and says otherwise than is stored: `differing` has the versions whose
-- columns do. Read by: reread.py, which adds to `reloaded` the trials whose contents differ.
CREATE OR REPLACE TEMP TABLE restated AS
SELECT trial_id, version_number, content_hash, trial FROM differing
UNION ALL
-- What a trial had from the one that was merged into it, without its record (former.py): the same states.
SELECT heir.trial_id, heir.version_number, differing.content_hash, differing.trial
FROM differing
JOIN trial AS forerunner ON forerunner.trial_id = differing.trial_id
JOIN trial_version AS heir
    ON heir.trial_id = forerunner.merged_into
    AND heir.version_number = differing.version_number
    AND heir.content_hash = differing.was
ANTI JOIN trial_payload AS record
    ON record.trial_id = heir.trial_id AND record.version_number = heir.version_number;

CREATE OR REPLACE TEMP TABLE returned AS
WITH staged AS (
    SELECT trial_id, version_number, unnest(turns, recursive := true)
    FROM (SELECT stage.trial.trial_id AS trial_id, version_number, stage.trial.status_turns AS turns FROM stage)
),
held AS (
    SELECT trial_id, version_number, turned_on, overall_status
    FROM status_turn
    SEMI JOIN (SELECT stage.trial.trial_id AS trial_id, version_number FROM stage) AS read
        USING (trial_id, version_number)
)
SELECT DISTINCT trial_id, version_number
FROM ((FROM staged EXCEPT ALL FROM held) UNION ALL (FROM held EXCEPT ALL FROM staged));

CREATE OR REPLACE TEMP TABLE reloaded (trial_id VARCHAR);
