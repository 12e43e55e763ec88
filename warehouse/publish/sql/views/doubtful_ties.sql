-- Pairs of trials that something ties and that are no study: why not, and whether a person can tell. A pair is settled by
-- [[tie]] or [[part]] in trialwatch.toml. Read by: analysts.
SELECT trial_id, other_id, matched_by, doubt, settled_by FROM kept.doubtful_tie
