-- Publications that trials' records name. Read by: analysts.
SELECT * FROM kept.trial_publication
