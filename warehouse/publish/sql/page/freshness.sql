-- How old all of this is: one row. Read by: warehouse/publish/page.
SELECT data_as_of, published_at, is_complete FROM freshness
