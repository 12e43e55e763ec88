-- How old all of this is: one row. Read by: everyone.
SELECT data_as_of, published_at, run_id, is_complete FROM kept.freshness
