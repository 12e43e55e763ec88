"""What a whole registry costs: every stage of a night and, in the same run, other ways and the limits.

uv run --group bench python -m benchmarks.scale --help
"""
