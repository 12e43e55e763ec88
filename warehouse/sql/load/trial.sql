-- The trial itself: new, or moved to its staged version. Read by: every view of a trial.
INSERT INTO trial BY NAME
SELECT
    trial_id,
    registry_name,
    CASE registry_name WHEN 'clinicaltrials.gov' THEN 'https://clinicaltrials.gov/study/' || trial_id END AS url,
    version_number,
    observed_at AS first_seen_at,
    observed_at AS last_seen_at
FROM stage
ON CONFLICT (trial_id) DO UPDATE SET version_number = excluded.version_number
