"""A night's work spread over workers: shards, which are flow runs on a work pool of Prefect's.

A shard is one part of a job. It leaves what it made in a place that all machines share, whole or not at all, and
only the night loads (docs/scaling.md). ``place``, ``pulse`` and ``order`` are what both sides know; ``work`` is
the worker's side, ``spread`` and ``runs`` are the night's, and ``workers`` is what collecting is handed.
"""
