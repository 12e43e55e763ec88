-- The words that gave the trials shown their substances. Read by: warehouse/publish/page, why a trial is here.
SELECT trial_id, substance, field, matched_text, rule, confidence
FROM trial_substances
WHERE trial_id IN (SELECT unnest($1::JSON::VARCHAR[]))
ORDER BY trial_id, substance, field, matched_text, rule
