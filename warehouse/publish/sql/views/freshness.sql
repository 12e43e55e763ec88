-- How old all of this is, and where it comes from: one row. Not medical advice; registry_terms says under which terms it may be passed on. Read by: everyone.
SELECT data_as_of, published_at, run_id, is_complete, registry_names, data_versions, read_times, notice
FROM kept.freshness
