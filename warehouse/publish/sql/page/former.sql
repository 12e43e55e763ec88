-- Trials that ceased to count as ours in the last $1 days: what became of them is news, and so is that. Read by:
-- warehouse/publish/page, what changed lately.
SELECT trials.trial_id, trials.title, trials.url, trials.substances, trials.lead_sponsor, true AS is_former
FROM trials
WHERE
    NOT trials.is_relevant
    AND EXISTS (
        FROM changes
        WHERE
            changes.trial_id = trials.trial_id
            AND changes.kind = 'relevance_changed'
            AND changes.old_value = 'true'
            AND changes.observed_at >= (SELECT published_at FROM freshness) - to_days($1)
    )
ORDER BY trials.trial_id
