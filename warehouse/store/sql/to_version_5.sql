-- From version 4 of the store to 5: what a trial is, beside what of it changes. The new tables are filled by the next
-- night, from the records that are held. Read by: file.py.
ALTER TABLE trial ADD COLUMN loaded_as VARCHAR;
ALTER TABLE trial_payload ADD COLUMN revision BIGINT;
CREATE TABLE trial_detail (
    trial_id VARCHAR NOT NULL,
    allocation VARCHAR,
    intervention_model VARCHAR,
    masking VARCHAR,
    who_masked VARCHAR[],
    primary_purpose VARCHAR,
    observational_model VARCHAR,
    time_perspective VARCHAR,
    sex VARCHAR,
    minimum_age VARCHAR,
    minimum_age_years DOUBLE,
    maximum_age VARCHAR,
    maximum_age_years DOUBLE,
    healthy_volunteers BOOLEAN,
    eligibility_criteria VARCHAR USING COMPRESSION zstd,
    brief_summary VARCHAR USING COMPRESSION zstd,
    detailed_description VARCHAR USING COMPRESSION zstd,
    has_dmc BOOLEAN,
    is_fda_regulated_drug BOOLEAN,
    is_fda_regulated_device BOOLEAN,
    ipd_sharing VARCHAR,
    ipd_sharing_description VARCHAR USING COMPRESSION zstd,
    results_first_submitted_on DATE,
    results_delay_requested_on DATE,
    results_waived BOOLEAN
);
CREATE TABLE trial_arm_intervention (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    arm_label VARCHAR,
    intervention_name VARCHAR,
    intervention_type VARCHAR
);
CREATE TABLE trial_document (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    document_type VARCHAR,
    name VARCHAR,
    document_date VARCHAR,
    uploaded_on DATE,
    url VARCHAR,
    has_protocol BOOLEAN,
    has_sap BOOLEAN,
    has_icf BOOLEAN
);
ALTER TABLE run ADD COLUMN asked_parts VARCHAR[];
CREATE TABLE trial_concept (
    trial_id VARCHAR NOT NULL,
    concept VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    mg_per_kg DOUBLE,
    field VARCHAR NOT NULL,
    matched_text VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    confidence VARCHAR NOT NULL
);
CREATE TABLE trial_result_version (
    trial_id VARCHAR NOT NULL,
    results_version_number BIGINT NOT NULL,
    observed_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    superseded_at TIMESTAMP WITHOUT TIME ZONE,
    content_hash VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    PRIMARY KEY (trial_id, results_version_number)
);
CREATE TABLE trial_result_payload (
    trial_id VARCHAR NOT NULL,
    results_version_number BIGINT NOT NULL,
    payload VARCHAR NOT NULL USING COMPRESSION zstd
);
CREATE TABLE trial_result_record (
    trial_id VARCHAR NOT NULL,
    results VARCHAR NOT NULL USING COMPRESSION zstd
);
CREATE TABLE trial_result_reading (
    trial_id VARCHAR NOT NULL,
    asked_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    read_at TIMESTAMP WITHOUT TIME ZONE,
    version_number BIGINT,
    posted_on DATE,
    edition BIGINT,
    failures BIGINT NOT NULL,
    last_error VARCHAR
);
CREATE TABLE trial_result_outcome (
    trial_id VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    outcome_type VARCHAR,
    outcome VARCHAR,
    description VARCHAR USING COMPRESSION zstd,
    time_frame VARCHAR,
    population VARCHAR USING COMPRESSION zstd,
    reporting_status VARCHAR,
    expected_posting_date VARCHAR,
    param_type VARCHAR,
    dispersion_type VARCHAR,
    unit VARCHAR,
    units_analyzed VARCHAR
);
CREATE TABLE trial_result (
    trial_id VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    param_type VARCHAR,
    dispersion_type VARCHAR,
    unit VARCHAR,
    class_title VARCHAR,
    category_title VARCHAR,
    group_id VARCHAR,
    group_title VARCHAR,
    group_description VARCHAR USING COMPRESSION zstd,
    denominator BIGINT,
    denominator_unit VARCHAR,
    value DOUBLE,
    value_as_written VARCHAR,
    spread DOUBLE,
    spread_as_written VARCHAR,
    lower_limit DOUBLE,
    lower_limit_as_written VARCHAR,
    upper_limit DOUBLE,
    upper_limit_as_written VARCHAR,
    comment VARCHAR,
    outcome_position BIGINT,
    outcome_type VARCHAR,
    outcome VARCHAR,
    time_frame VARCHAR,
    population VARCHAR USING COMPRESSION zstd
);
CREATE TABLE trial_result_analysis (
    trial_id VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    outcome_position BIGINT,
    outcome_type VARCHAR,
    outcome VARCHAR,
    time_frame VARCHAR,
    group_ids VARCHAR[],
    group_titles VARCHAR[],
    description VARCHAR USING COMPRESSION zstd,
    method VARCHAR,
    comment VARCHAR USING COMPRESSION zstd,
    p_value DOUBLE,
    p_value_relation VARCHAR,
    p_value_as_written VARCHAR,
    p_value_comment VARCHAR USING COMPRESSION zstd,
    estimate_type VARCHAR,
    estimate DOUBLE,
    estimate_as_written VARCHAR,
    estimate_comment VARCHAR USING COMPRESSION zstd,
    dispersion_type VARCHAR,
    dispersion DOUBLE,
    dispersion_as_written VARCHAR,
    interval_percent DOUBLE,
    interval_sides VARCHAR,
    lower_limit DOUBLE,
    lower_limit_as_written VARCHAR,
    upper_limit DOUBLE,
    upper_limit_as_written VARCHAR,
    interval_comment VARCHAR USING COMPRESSION zstd,
    is_non_inferiority_tested BOOLEAN,
    non_inferiority_type VARCHAR,
    non_inferiority_comment VARCHAR USING COMPRESSION zstd
);
CREATE TABLE trial_adverse_event (
    trial_id VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_type VARCHAR,
    term VARCHAR,
    organ_system VARCHAR,
    vocabulary VARCHAR,
    assessment VARCHAR,
    notes VARCHAR,
    group_id VARCHAR,
    group_title VARCHAR,
    affected BIGINT,
    at_risk BIGINT,
    events BIGINT
);
CREATE TABLE trial_adverse_event_group (
    trial_id VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    group_id VARCHAR,
    group_title VARCHAR,
    group_description VARCHAR USING COMPRESSION zstd,
    deaths BIGINT,
    deaths_at_risk BIGINT,
    serious_affected BIGINT,
    serious_at_risk BIGINT,
    other_affected BIGINT,
    other_at_risk BIGINT,
    time_frame VARCHAR,
    frequency_threshold VARCHAR,
    description VARCHAR USING COMPRESSION zstd
);
CREATE TABLE trial_participant_flow (
    trial_id VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    period_position BIGINT,
    period VARCHAR,
    step_type VARCHAR,
    step VARCHAR,
    group_id VARCHAR,
    group_title VARCHAR,
    group_description VARCHAR USING COMPRESSION zstd,
    participants BIGINT,
    participants_as_written VARCHAR,
    units BIGINT,
    units_analyzed VARCHAR,
    comment VARCHAR USING COMPRESSION zstd
);
CREATE TABLE trial_baseline_measurement (
    trial_id VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    param_type VARCHAR,
    dispersion_type VARCHAR,
    unit VARCHAR,
    class_title VARCHAR,
    category_title VARCHAR,
    group_id VARCHAR,
    group_title VARCHAR,
    group_description VARCHAR USING COMPRESSION zstd,
    denominator BIGINT,
    denominator_unit VARCHAR,
    value DOUBLE,
    value_as_written VARCHAR,
    spread DOUBLE,
    spread_as_written VARCHAR,
    lower_limit DOUBLE,
    lower_limit_as_written VARCHAR,
    upper_limit DOUBLE,
    upper_limit_as_written VARCHAR,
    comment VARCHAR,
    measure VARCHAR,
    description VARCHAR USING COMPRESSION zstd,
    population VARCHAR USING COMPRESSION zstd
);
CREATE TABLE study_ruling (
    trial_id VARCHAR NOT NULL,
    other_id VARCHAR NOT NULL,
    ruled_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    is_one_study BOOLEAN NOT NULL,
    reason VARCHAR NOT NULL,
    ruled_by VARCHAR NOT NULL,
    withdrawn_at TIMESTAMP WITHOUT TIME ZONE
);
CREATE TABLE doubt_told (
    trial_id VARCHAR NOT NULL,
    other_id VARCHAR NOT NULL,
    told_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    PRIMARY KEY (trial_id, other_id)
);
