-- Changes as a reader is told them, by id. Read by: mail_contents.py, when a mail is written.
SELECT
    change.change_id,
    change.trial_id,
    trial.registry_name,
    version.title,
    trial.url,
    change.kind,
    change.field,
    change.old_value,
    change.new_value,
    change.cause,
    change.materiality,
    change.reason,
    change.registry_date,
    change.registry_date_basis,
    change.observed_at,
    coalesce(label.substances, []) AS substances,
    version.overall_status,
    version.lead_sponsor
FROM change
JOIN trial USING (trial_id)
JOIN trial_version AS version
    ON version.trial_id = trial.trial_id AND version.version_number = trial.version_number
LEFT JOIN (
    SELECT trial_id, list_sort(list(DISTINCT substance)) AS substances FROM trial_substance GROUP BY trial_id
) AS label ON label.trial_id = change.trial_id
WHERE change.change_id IN (SELECT unnest(?::VARCHAR[]))
ORDER BY change.rowid
