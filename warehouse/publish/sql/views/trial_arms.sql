-- Arms of trials. Read by: analysts.
SELECT * FROM kept.trial_arm
