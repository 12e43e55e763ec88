-- A record set aside because it could not be read. Read by: analysts, operators.
SELECT run_id, watch, registry_name, trial_id, path, reason FROM kept.quarantine
