-- What a person said of two numbers in trialwatch.toml, also when that no longer counts. Read by: analysts.
SELECT trial_id, other_id, is_one_study, reason, ruled_by, ruled_at, withdrawn_at FROM kept.study_ruling
