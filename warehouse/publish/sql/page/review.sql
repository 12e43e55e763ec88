-- The studies of the 2018 review, those under way first; none where no watch of this file holds one. Read by: page.
SELECT *
FROM review_2018
WHERE (SELECT bool_or(is_held) FROM review_2018)
ORDER BY part DESC, place
