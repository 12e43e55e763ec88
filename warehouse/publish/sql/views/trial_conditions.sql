-- Conditions of trials, as registered. Read by: analysts.
SELECT * FROM kept.trial_condition
