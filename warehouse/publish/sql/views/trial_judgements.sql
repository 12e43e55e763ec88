-- The rules' word on a trial: what the drug does in it, whether it is ours, and why. Read by: analysts.
SELECT trial_id, drug_role, is_relevant, reason FROM kept.trial_judgement
