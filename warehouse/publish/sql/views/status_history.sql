-- A stay of a trial in one status, by the registry's dates of the versions we hold. Read by: analysts.
SELECT
    trial_id,
    overall_status,
    from_date,
    to_date,
    date_diff('day', from_date, to_date) AS days,
    date_diff(
        'day', from_date, coalesce(to_date, greatest(from_date, (SELECT published_at::DATE FROM kept.freshness)))
    ) AS days_so_far,
    is_start_known,
    from_basis
FROM kept.status_stay
