-- Outcome measures: primary, then secondary, then other. Read by: trial_outcomes.
SELECT
    trial_id,
    row_number() OVER (PARTITION BY trial_id ORDER BY place, position) AS position,
    outcome_type,
    item.measure AS measure,
    item.timeFrame AS time_frame,
    item.description AS description,
    concat_ws('|', outcome_type, item.measure, item.timeFrame) AS natural_key,
    concat_ws('|', item.description) AS tie_breaker
FROM (
    SELECT trial_id, 1 AS place, 'primary' AS outcome_type, entry.*
    FROM stage, unnest(study.protocolSection.outcomesModule.primaryOutcomes) WITH ORDINALITY AS entry(item, position)
    UNION ALL
    SELECT trial_id, 2, 'secondary', entry.*
    FROM stage, unnest(study.protocolSection.outcomesModule.secondaryOutcomes) WITH ORDINALITY AS entry(item, position)
    UNION ALL
    SELECT trial_id, 3, 'other', entry.*
    FROM stage, unnest(study.protocolSection.outcomesModule.otherOutcomes) WITH ORDINALITY AS entry(item, position)
)
