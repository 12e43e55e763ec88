"""The names of the checks, for who lets one pass. What they ask is in ``warehouse.judge.checks``."""

CHECKS = (
    *("data_version", "data_version_readable", "data_version_order", "totals", "mixed_data_versions"),
    *("duplicates", "collapse", "removals"),
    *("unreadable", "share_changed", "bounds", "followed", "whole"),
)
"""Every check by name, in the order in which they are made."""
