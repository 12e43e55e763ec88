-- Which intervention is given in which arm, a row a pair. Read by: analysts.
SELECT * FROM kept.trial_arm_intervention
