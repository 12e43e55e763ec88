-- What the trials shown are about, and how many of all of ours are about the same. Read by: warehouse/publish/page, what the
-- timeline and the figures are grouped by. `about` is `about.sql`.
SELECT about.trial_id, about.named, counted.trials
FROM about
JOIN (SELECT named, count(*) AS trials FROM about GROUP BY named) AS counted USING (named)
WHERE about.trial_id IN (SELECT unnest($1::JSON::VARCHAR[]))
ORDER BY about.trial_id, counted.trials DESC, about.named
