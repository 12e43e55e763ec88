-- Values that are not as they should be: unknown and kept as sent, or of a wrong type and left out. Read by: analysts, the night's verdict.
SELECT trial_id, path, value, reason FROM kept.trial_flag
