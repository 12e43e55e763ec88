-- Values kept as sent although they are not ones we know. Read by: analysts, the night's verdict.
SELECT trial_id, path, value, reason FROM kept.trial_flag
