-- When the results of a trial are due by the FDA's rule (FDAAA 801; 42 CFR 11.42), as far as a record tells to whom it
-- applies: one row for each trial to which it plausibly does. Read by: trials.
WITH asked AS (
    SELECT
        trial.trial_id,
        trial.has_results,
        trial.status_group,
        trial.start_date_latest,
        coalesce(trial.primary_completion_date_latest, trial.completion_date_latest) AS ends_on,
        if(trial.primary_completion_date_latest IS NULL, 'completion', 'primary completion') AS which,
        if(
            trial.primary_completion_date_latest IS NULL, trial.completion_date, trial.primary_completion_date
        ) AS written,
        if(
            trial.primary_completion_date_latest IS NULL,
            trial.completion_date_type,
            trial.primary_completion_date_type
        ) AS ends_type,
        detail.results_first_submitted_on AS submitted_on,
        detail.results_delay_requested_on AS delay_requested_on,
        coalesce(detail.results_waived, false) AS is_waived,
        CASE
            WHEN detail.is_fda_regulated_drug THEN 'its sponsor says that the FDA regulates its drug'
            WHEN detail.is_fda_regulated_device THEN 'its sponsor says that the FDA regulates its device'
            -- Older records do not say. There trackers go by a site in the country and by what is given.
            WHEN coalesce(detail.is_fda_regulated_drug, detail.is_fda_regulated_device) IS NULL
                AND list_contains(trial.countries, 'United States')
                AND given.trial_id IS NOT NULL
                THEN 'it does not say whether the FDA regulates it, but has a site in the United States and gives a '
                    || 'drug, biologic or device'
        END AS why
    FROM published.kept.trial_now AS trial
    LEFT JOIN trial_detail AS detail USING (trial_id)
    LEFT JOIN (
        SELECT DISTINCT trial_id
        FROM trial_intervention
        WHERE intervention_type IN ('DRUG', 'BIOLOGICAL', 'DEVICE', 'COMBINATION_PRODUCT', 'GENETIC', 'RADIATION')
    ) AS given USING (trial_id)
    WHERE trial.registry_name = 'clinicaltrials.gov'
        AND trial.fate IS NULL
        AND trial.study_type = 'INTERVENTIONAL'
        -- A trial of phase 1 alone need not post, nor one that asks only whether a device can be made to work.
        AND coalesce(trial.phases, []) NOT IN (['PHASE1'], ['EARLY_PHASE1'])
        AND detail.primary_purpose IS DISTINCT FROM 'DEVICE_FEASIBILITY'
        -- Who never took anybody in has nothing to post.
        AND trial.overall_status IS DISTINCT FROM 'WITHDRAWN'
),
due AS (
    SELECT
        *,
        least(ends_on + INTERVAL 1 YEAR, DATE '9999-12-31')::DATE AS due_on,
        delay_requested_on <= due_on AS is_asked_in_time
    FROM asked
    WHERE why IS NOT NULL
        AND ends_on IS NOT NULL
        -- The day from which the rule holds: who was done before it is not bound by it.
        AND greatest(start_date_latest, ends_on) >= DATE '2017-01-18'
)
SELECT
    trial_id,
    due_on AS results_due_on,
    CASE
        WHEN coalesce(has_results, false) OR submitted_on IS NOT NULL OR is_waived OR is_asked_in_time THEN NULL
        -- A trial that has not said that it ended is late with nothing, whatever end it once expected.
        WHEN ends_type = 'ESTIMATED' OR status_group = 'planned' OR status_group = 'recruiting' THEN NULL
        ELSE least(due_on + INTERVAL 30 DAY, DATE '9999-12-31')
    END::DATE AS results_overdue_from,
    'An estimate, a year after ' || which || ' (' || written || CASE ends_type
        WHEN 'ACTUAL' THEN ', actual'
        WHEN 'ESTIMATED' THEN ', expected'
        ELSE ''
    END || '): ' || concat_ws(
        ' ',
        why || '.',
        CASE
            WHEN is_waived THEN 'The duty to submit results was waived.'
            WHEN is_asked_in_time THEN 'Its sponsor asked for more time on ' || delay_requested_on || '.'
            WHEN delay_requested_on IS NOT NULL
                THEN 'Its sponsor asked for more time on ' || delay_requested_on || ', after that day.'
            ELSE 'Whether the sponsor was given more time is not known.'
        END,
        'Results were first submitted on ' || submitted_on || '.'
    ) AS results_due_basis
FROM due
ORDER BY trial_id
