-- Which trial bears a number now: itself, unless it was merged; else the end of the chain of mergers, as far as we hold
-- it; else the one whose record calls it a former number. Read by: former.py, `trialwatch show` by way of questions.py.
WITH RECURSIVE asked AS (
    SELECT DISTINCT number FROM (SELECT unnest(?::VARCHAR[]) AS number)
),
told AS (
    SELECT number, number AS bearer, 0 AS steps, [number] AS passed FROM asked
    UNION ALL
    SELECT told.number, trial.merged_into, told.steps + 1, list_append(told.passed, trial.merged_into)
    FROM told
    JOIN trial ON trial.trial_id = told.bearer
    WHERE trial.merged_into IS NOT NULL AND NOT list_contains(told.passed, trial.merged_into)
),
held AS (
    SELECT
        told.number,
        arg_max(trial.trial_id, told.steps) AS bearer,
        bool_or(trial.fate IS NULL) AS is_live
    FROM told
    JOIN trial ON trial.trial_id = told.bearer
    GROUP BY told.number
),
called AS (
    SELECT told.number, min(trial.trial_id) AS bearer
    FROM told
    JOIN trial_identifier AS alias ON alias.is_alias AND upper(trim(alias.identifier)) = told.bearer
    JOIN trial ON trial.trial_id = alias.trial_id
    WHERE trial.fate IS NULL
    GROUP BY told.number
)
SELECT
    asked.number,
    CASE WHEN held.is_live THEN held.bearer ELSE coalesce(called.bearer, held.bearer) END AS bearer
FROM asked
LEFT JOIN held USING (number)
LEFT JOIN called USING (number)
WHERE held.bearer IS NOT NULL OR called.bearer IS NOT NULL
