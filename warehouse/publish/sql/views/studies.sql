-- Trials of several registries, or numbers of one registry, that are one study. Read by: analysts.
SELECT study_id, trial_ids, matched_by FROM kept.study
