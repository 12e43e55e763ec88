-- MeSH terms that the registry gave trials. Read by: analysts.
SELECT * FROM kept.trial_mesh_term
