"""Everything outside: registries in, mail out. Knows nothing of DuckDB, SQLModel or Prefect."""
