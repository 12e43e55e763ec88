-- A substance label with its evidence. Read by: analysts, `trialwatch show`.
SELECT trial_id, substance, field, matched_text, rule, confidence FROM kept.trial_substance
