-- Mail that was offered in vain: to the operator, and to a server that takes none at all. Read by: mail_status.py.
SELECT
    count(*) FILTER (topic = 'trouble') AS to_the_operator,
    count(*) FILTER (state = 'due') AS to_no_server,
    regexp_replace(
        coalesce(arg_max(last_error, leased_at) FILTER (topic = 'trouble'), arg_max(last_error, leased_at)),
        '\S+@\S+',
        '…',
        'g'
    ) AS last_error
FROM message
WHERE state IN ('due', 'leased', 'failed') AND last_error IS NOT NULL AND NOT starts_with(recipient, 'notify:')
