"""ClinicalTrials.gov, API version 2."""
