-- A trial as last seen, of any watch. Read by: analysts, `trialwatch show`.
SELECT * FROM kept.trial_now
