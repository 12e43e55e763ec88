-- Documents that the registry holds of trials: protocols, plans of analysis, forms of consent. Read by: analysts.
SELECT * FROM kept.trial_document
