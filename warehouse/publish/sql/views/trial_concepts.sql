-- What a reader of the field asks a trial for, a row a value and place, with the words that say it. Read by: analysts.
SELECT trial_id, concept, value, mg_per_kg, field, matched_text, rule, confidence FROM kept.trial_concept
