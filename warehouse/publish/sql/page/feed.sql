-- Changes that the feed tells, with their trials' own facts, the latest night first and in it the most material: of
-- high or medium materiality, of trials that count as ours or did when it happened, and not our own doing; whole
-- nights, those of the last $1 days, and as many before as it takes to have $2 changes. Read by:
-- warehouse/publish/feed.py.
SELECT changes.*, trials.title, trials.url, trials.substances
FROM changes
JOIN trials USING (trial_id)
WHERE
    changes.materiality IN ('high', 'medium')
    AND changes.cause <> 'normaliser'
    AND (
        trials.is_relevant
        OR EXISTS (
            FROM changes AS later
            WHERE
                later.trial_id = changes.trial_id
                AND later.kind = 'relevance_changed'
                AND later.old_value = 'true'
                AND later.observed_at >= changes.observed_at
        )
    )
    AND changes.source <> 'history' -- what a back-fill tells of the past is no news
QUALIFY
    changes.observed_at >= (SELECT published_at FROM freshness) - to_days($1)
    OR count(*) OVER (
        ORDER BY changes.observed_at DESC RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE GROUP
    ) < $2
ORDER BY
    changes.observed_at DESC,
    CASE changes.materiality WHEN 'high' THEN 0 ELSE 1 END,
    changes.trial_id,
    changes.kind,
    changes.change_id
