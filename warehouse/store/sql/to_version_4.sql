-- From version 3 of the store to 4: tables that are only loaded and read whole keep no index. The rows are the same.
-- Read by: file.py.
CREATE TABLE trial_payload_4 (
    trial_id VARCHAR NOT NULL,
    version_number BIGINT NOT NULL,
    payload VARCHAR NOT NULL USING COMPRESSION zstd
);
INSERT INTO trial_payload_4 BY NAME FROM trial_payload;
DROP TABLE trial_payload;
ALTER TABLE trial_payload_4 RENAME TO trial_payload;
CREATE TABLE trial_condition_4 (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    condition VARCHAR
);
INSERT INTO trial_condition_4 BY NAME FROM trial_condition;
DROP TABLE trial_condition;
ALTER TABLE trial_condition_4 RENAME TO trial_condition;
CREATE TABLE trial_keyword_4 (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    keyword VARCHAR
);
INSERT INTO trial_keyword_4 BY NAME FROM trial_keyword;
DROP TABLE trial_keyword;
ALTER TABLE trial_keyword_4 RENAME TO trial_keyword;
CREATE TABLE trial_mesh_term_4 (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    side VARCHAR NOT NULL,
    mesh_id VARCHAR,
    term VARCHAR,
    is_ancestor BOOLEAN
);
INSERT INTO trial_mesh_term_4 BY NAME FROM trial_mesh_term;
DROP TABLE trial_mesh_term;
ALTER TABLE trial_mesh_term_4 RENAME TO trial_mesh_term;
CREATE TABLE trial_intervention_4 (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    intervention_type VARCHAR,
    name VARCHAR,
    other_names VARCHAR[],
    description VARCHAR USING COMPRESSION zstd
);
INSERT INTO trial_intervention_4 BY NAME FROM trial_intervention;
DROP TABLE trial_intervention;
ALTER TABLE trial_intervention_4 RENAME TO trial_intervention;
CREATE TABLE trial_arm_4 (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    label VARCHAR,
    arm_type VARCHAR,
    intervention_names VARCHAR[],
    description VARCHAR USING COMPRESSION zstd
);
INSERT INTO trial_arm_4 BY NAME FROM trial_arm;
DROP TABLE trial_arm;
ALTER TABLE trial_arm_4 RENAME TO trial_arm;
CREATE TABLE trial_outcome_4 (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    outcome_type VARCHAR NOT NULL,
    measure VARCHAR,
    time_frame VARCHAR,
    description VARCHAR USING COMPRESSION zstd
);
INSERT INTO trial_outcome_4 BY NAME FROM trial_outcome;
DROP TABLE trial_outcome;
ALTER TABLE trial_outcome_4 RENAME TO trial_outcome;
CREATE TABLE trial_site_4 (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    facility VARCHAR,
    city VARCHAR,
    state VARCHAR,
    country VARCHAR,
    site_status VARCHAR
);
INSERT INTO trial_site_4 BY NAME FROM trial_site;
DROP TABLE trial_site;
ALTER TABLE trial_site_4 RENAME TO trial_site;
CREATE TABLE trial_sponsor_4 (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    name VARCHAR,
    sponsor_class VARCHAR,
    role VARCHAR NOT NULL
);
INSERT INTO trial_sponsor_4 BY NAME FROM trial_sponsor;
DROP TABLE trial_sponsor;
ALTER TABLE trial_sponsor_4 RENAME TO trial_sponsor;
CREATE TABLE trial_identifier_4 (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    identifier VARCHAR,
    identifier_type VARCHAR,
    is_alias BOOLEAN
);
INSERT INTO trial_identifier_4 BY NAME FROM trial_identifier;
DROP TABLE trial_identifier;
ALTER TABLE trial_identifier_4 RENAME TO trial_identifier;
CREATE TABLE trial_publication_4 (
    trial_id VARCHAR NOT NULL,
    item_key VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    pmid VARCHAR,
    citation VARCHAR USING COMPRESSION zstd,
    publication_type VARCHAR
);
INSERT INTO trial_publication_4 BY NAME FROM trial_publication;
DROP TABLE trial_publication;
ALTER TABLE trial_publication_4 RENAME TO trial_publication;
CREATE TABLE trial_substance_4 (
    trial_id VARCHAR NOT NULL,
    substance VARCHAR NOT NULL,
    field VARCHAR NOT NULL,
    matched_text VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    confidence VARCHAR NOT NULL
);
INSERT INTO trial_substance_4 BY NAME FROM trial_substance;
DROP TABLE trial_substance;
ALTER TABLE trial_substance_4 RENAME TO trial_substance;
CREATE TABLE trial_judgement_4 (
    trial_id VARCHAR NOT NULL,
    drug_role VARCHAR NOT NULL,
    is_relevant BOOLEAN NOT NULL,
    reason VARCHAR NOT NULL,
    rules_version VARCHAR NOT NULL
);
INSERT INTO trial_judgement_4 BY NAME FROM trial_judgement;
DROP TABLE trial_judgement;
ALTER TABLE trial_judgement_4 RENAME TO trial_judgement;
CREATE TABLE trial_flag_4 (
    trial_id VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    reason VARCHAR NOT NULL
);
INSERT INTO trial_flag_4 BY NAME FROM trial_flag;
DROP TABLE trial_flag;
ALTER TABLE trial_flag_4 RENAME TO trial_flag;
