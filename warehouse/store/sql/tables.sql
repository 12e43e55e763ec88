-- Every stored table. Written by `make docs` from warehouse/store/models.py and result_models.py.
-- Read by: warehouse.store.file.
CREATE TABLE trial (
    trial_id VARCHAR NOT NULL,
    registry_name VARCHAR NOT NULL,
    url VARCHAR,
    version_number BIGINT NOT NULL,
    first_seen_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    last_seen_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    fate VARCHAR,
    merged_into VARCHAR,
    fingerprint VARCHAR,
    reads_otherwise_from DATE,
    overdue_since DATE,
    loaded_as VARCHAR,
    PRIMARY KEY (trial_id)
);
CREATE TABLE trial_version (
    trial_id VARCHAR NOT NULL,
    version_number BIGINT NOT NULL,
    registry_date DATE,
    registry_date_basis VARCHAR,
    observed_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    superseded_at TIMESTAMP WITHOUT TIME ZONE,
    source VARCHAR NOT NULL,
    content_hash VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    title VARCHAR,
    official_title VARCHAR,
    acronym VARCHAR,
    overall_status VARCHAR,
    last_known_status VARCHAR,
    why_stopped VARCHAR,
    study_type VARCHAR,
    phases VARCHAR[],
    enrollment BIGINT,
    enrollment_type VARCHAR,
    start_date VARCHAR,
    start_date_type VARCHAR,
    start_date_earliest DATE,
    start_date_latest DATE,
    primary_completion_date VARCHAR,
    primary_completion_date_type VARCHAR,
    primary_completion_date_earliest DATE,
    primary_completion_date_latest DATE,
    completion_date VARCHAR,
    completion_date_type VARCHAR,
    completion_date_earliest DATE,
    completion_date_latest DATE,
    expected_end_date VARCHAR,
    expected_end_date_type VARCHAR,
    expected_end_on DATE,
    status_verified_date VARCHAR,
    status_verified_date_earliest DATE,
    status_verified_date_latest DATE,
    first_posted_on DATE,
    last_update_posted_on DATE,
    results_first_posted_on DATE,
    has_results BOOLEAN,
    lead_sponsor VARCHAR,
    lead_sponsor_class VARCHAR,
    PRIMARY KEY (trial_id, version_number)
);
CREATE TABLE status_turn (
    trial_id VARCHAR NOT NULL,
    version_number BIGINT NOT NULL,
    turned_on DATE NOT NULL,
    overall_status VARCHAR
);
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
CREATE TABLE trial_payload (
    trial_id VARCHAR NOT NULL,
    version_number BIGINT NOT NULL,
    payload VARCHAR NOT NULL USING COMPRESSION zstd,
    revision BIGINT
);
CREATE TABLE trial_condition (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    condition VARCHAR
);
CREATE TABLE trial_keyword (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    keyword VARCHAR
);
CREATE TABLE trial_mesh_term (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    side VARCHAR NOT NULL,
    mesh_id VARCHAR,
    term VARCHAR,
    is_ancestor BOOLEAN
);
CREATE TABLE trial_intervention (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    intervention_type VARCHAR,
    name VARCHAR,
    other_names VARCHAR[],
    description VARCHAR USING COMPRESSION zstd
);
CREATE TABLE trial_arm (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    label VARCHAR,
    arm_type VARCHAR,
    intervention_names VARCHAR[],
    description VARCHAR USING COMPRESSION zstd
);
CREATE TABLE trial_arm_intervention (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    arm_label VARCHAR,
    intervention_name VARCHAR,
    intervention_type VARCHAR
);
CREATE TABLE trial_outcome (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    outcome_type VARCHAR NOT NULL,
    measure VARCHAR,
    time_frame VARCHAR,
    description VARCHAR USING COMPRESSION zstd
);
CREATE TABLE trial_site (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    facility VARCHAR,
    city VARCHAR,
    state VARCHAR,
    country VARCHAR,
    site_status VARCHAR,
    is_country BOOLEAN
);
CREATE TABLE trial_sponsor (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    name VARCHAR,
    sponsor_class VARCHAR,
    role VARCHAR NOT NULL
);
CREATE TABLE trial_identifier (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    identifier VARCHAR,
    identifier_type VARCHAR,
    is_alias BOOLEAN
);
CREATE TABLE trial_publication (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    pmid VARCHAR,
    citation VARCHAR USING COMPRESSION zstd,
    publication_type VARCHAR
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
CREATE TABLE trial_substance (
    trial_id VARCHAR NOT NULL,
    substance VARCHAR NOT NULL,
    field VARCHAR NOT NULL,
    matched_text VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    confidence VARCHAR NOT NULL
);
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
CREATE TABLE trial_judgement (
    trial_id VARCHAR NOT NULL,
    drug_role VARCHAR NOT NULL,
    is_relevant BOOLEAN NOT NULL,
    reason VARCHAR NOT NULL,
    rules_version VARCHAR NOT NULL
);
CREATE TABLE trial_flag (
    trial_id VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    reason VARCHAR NOT NULL
);
CREATE TABLE change (
    change_id VARCHAR NOT NULL,
    trial_id VARCHAR NOT NULL,
    watch VARCHAR,
    kind VARCHAR NOT NULL,
    field VARCHAR,
    old_value VARCHAR USING COMPRESSION zstd,
    new_value VARCHAR USING COMPRESSION zstd,
    cause VARCHAR NOT NULL,
    materiality VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    from_version BIGINT,
    to_version BIGINT,
    registry_date DATE,
    registry_date_basis VARCHAR,
    observed_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    run_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    PRIMARY KEY (change_id)
);
CREATE TABLE watch_member (
    watch VARCHAR NOT NULL,
    trial_id VARCHAR NOT NULL,
    stay BIGINT NOT NULL,
    is_relevant BOOLEAN NOT NULL,
    why_relevant VARCHAR,
    entered_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    left_at TIMESTAMP WITHOUT TIME ZONE,
    why_entered VARCHAR NOT NULL,
    why_left VARCHAR,
    PRIMARY KEY (watch, trial_id, stay)
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
CREATE TABLE run (
    run_id VARCHAR NOT NULL,
    watch VARCHAR NOT NULL,
    registry_name VARCHAR NOT NULL,
    started_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    outcome VARCHAR NOT NULL,
    sentence VARCHAR NOT NULL,
    declared_total BIGINT,
    fetched BIGINT,
    distinct_trials BIGINT,
    new_versions BIGINT,
    quarantined BIGINT,
    data_version_before VARCHAR,
    data_version_after VARCHAR,
    requests BIGINT,
    checks VARCHAR USING COMPRESSION zstd,
    watch_hash VARCHAR,
    asked_parts VARCHAR[],
    PRIMARY KEY (run_id, watch, registry_name)
);
CREATE TABLE quarantine (
    run_id VARCHAR NOT NULL,
    watch VARCHAR NOT NULL,
    registry_name VARCHAR NOT NULL,
    item BIGINT NOT NULL,
    trial_id VARCHAR,
    path VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    payload VARCHAR NOT NULL USING COMPRESSION zstd,
    PRIMARY KEY (run_id, watch, registry_name, item)
);
CREATE TABLE trouble (
    trouble_id VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    watch VARCHAR,
    registry_name VARCHAR,
    noticed_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    subject VARCHAR NOT NULL,
    sentences VARCHAR[],
    PRIMARY KEY (trouble_id)
);
CREATE TABLE delivery (
    delivery_id VARCHAR NOT NULL,
    subscription VARCHAR NOT NULL,
    watch VARCHAR NOT NULL,
    recipient VARCHAR NOT NULL,
    topic VARCHAR NOT NULL,
    change_id VARCHAR,
    trouble_id VARCHAR,
    run_id VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    is_arrival BOOLEAN NOT NULL,
    due_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    message_id VARCHAR,
    PRIMARY KEY (delivery_id)
);
CREATE TABLE message (
    message_id VARCHAR NOT NULL,
    subscription VARCHAR NOT NULL,
    recipient VARCHAR NOT NULL,
    topic VARCHAR NOT NULL,
    sender VARCHAR NOT NULL,
    written_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    mail VARCHAR NOT NULL USING COMPRESSION zstd,
    state VARCHAR NOT NULL,
    attempts BIGINT NOT NULL,
    leased_at TIMESTAMP WITHOUT TIME ZONE,
    next_attempt_at TIMESTAMP WITHOUT TIME ZONE,
    settled_at TIMESTAMP WITHOUT TIME ZONE,
    last_error VARCHAR,
    PRIMARY KEY (message_id)
);
CREATE TABLE publication (
    run_id VARCHAR NOT NULL,
    published_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    PRIMARY KEY (run_id)
);
CREATE TABLE store_schema (
    version BIGINT NOT NULL,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    PRIMARY KEY (version)
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
