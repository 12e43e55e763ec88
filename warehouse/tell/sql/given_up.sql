-- What was given up and can be sent again, without anybody's address. Read by: mail_status.py.
SELECT
    subscription,
    count(*) AS mails,
    count(DISTINCT recipient) AS recipients,
    coalesce(list_sort(list(DISTINCT recipient) FILTER (starts_with(recipient, 'notify:'))), []) AS channels,
    max(settled_at) AS last_at,
    regexp_replace(arg_max(last_error, settled_at), '\S+@\S+', '…', 'g') AS last_error
FROM message
WHERE state = 'given_up'
GROUP BY subscription
ORDER BY last_at DESC, subscription
