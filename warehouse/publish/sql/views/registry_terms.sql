-- What each registry asks of who passes its records on, and who mends an error in one; what stands at terms_address decides. Nothing here is medical advice. Read by: everyone.
SELECT registry_name, title, kept_by, address, terms, terms_address, errors_to, source
FROM kept.registry_terms
