-- Who was ours and is not, or the reverse, since that was remembered: once a trial and a voice, with the watches.
-- A person's voice ($overruled begins their reason) is told apart from the rules'. Read by: labels.py.
SELECT
    trial_id,
    earlier.is_relevant AS was_relevant,
    min_by(earlier.why, watch),
    word.is_relevant,
    min_by(word.why, watch),
    list_sort(list(watch))
FROM (
    SELECT
        watch,
        trial_id,
        arg_max(is_relevant, stay) AS is_relevant,
        coalesce(arg_max(why_relevant, stay), '') AS why
    FROM watch_member
    GROUP BY watch, trial_id
) AS word
JOIN word_before AS earlier USING (watch, trial_id)
WHERE word.is_relevant <> earlier.is_relevant
GROUP BY
    trial_id,
    earlier.is_relevant,
    word.is_relevant,
    starts_with(word.why, $overruled),
    starts_with(earlier.why, $overruled)
ORDER BY trial_id, word.is_relevant
