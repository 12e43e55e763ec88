-- Pairs that may be one study and of which a person can tell: those that concern a trial of ours, or none that is held.
-- Read by: warehouse/publish/page.
SELECT doubt.trial_id, doubt.other_id, doubt.matched_by, doubt.doubt, count(*) OVER () AS all_of_them
FROM doubtful_ties AS doubt
LEFT JOIN trials AS one ON one.trial_id = doubt.trial_id
LEFT JOIN trials AS other ON other.trial_id = doubt.other_id
WHERE doubt.settled_by IS NULL
    AND (coalesce(one.is_relevant, other.is_relevant) IS NULL OR one.is_relevant OR other.is_relevant)
ORDER BY doubt.trial_id, doubt.other_id
LIMIT $1
