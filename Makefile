# The two commands of the README are `make run` and `make test`. Each brings what it needs, uv included.
SHELL := /bin/bash
PYTHON ?= python3
TOOLS := .tools
# The machine's own certificates are believed too: many networks have one of their own in between.
export UV_SYSTEM_CERTS ?= true
UV := $(shell command -v uv 2>/dev/null || echo $(TOOLS)/bin/uv)

.PHONY: run test demo explore notebook check format lint types imports coverage test-slow clean test-duckdb docs crash fuzz

run: .venv/ready  ## one night of the default watch, against the real registry
	@$(UV) run --frozen --no-sync trialwatch run

demo: .venv/ready  ## three nights offline
	@$(UV) run --frozen --no-sync trialwatch demo

explore: notebook  ## a notebook over the published file
	@$(UV) run --frozen --no-sync marimo edit docs/explore.py

notebook: .venv/ready  ## bring what the notebook needs
	@$(UV) sync --frozen --quiet --group explore

docs: .venv/ready  ## write the data dictionary and the cookbook's answers anew
	@$(UV) run --frozen --no-sync python -m docs.refresh

test: .venv/ready  ## the test suite, under five minutes on two cores
	@$(UV) run --frozen --no-sync pytest --numprocesses=auto --dist=loadgroup

# The oldest DuckDB that opens the published file, others since, and the command line.
OTHER_DUCKDBS := 1.1.3 1.2.2 1.4.4 2.0.0

test-duckdb: .venv/ready  ## the published file in other DuckDBs than ours; brings them into .tools/
	@for version in $(OTHER_DUCKDBS); do \
		test -x $(TOOLS)/duckdb/$$version/bin/python || $(UV) venv --quiet $(TOOLS)/duckdb/$$version; \
		$(UV) pip install --quiet --python $(TOOLS)/duckdb/$$version/bin/python duckdb==$$version || exit 1; \
	done
	@test -x $(TOOLS)/duckdb/cli/bin/python || $(UV) venv --quiet $(TOOLS)/duckdb/cli
	@$(UV) pip install --quiet --python $(TOOLS)/duckdb/cli/bin/python duckdb-cli
	@$(UV) run --frozen --no-sync pytest tests/warehouse/test_other_duckdb.py

test-slow: .venv/ready  ## the tests that are too slow for `make test`
	@$(UV) run --frozen --no-sync pytest --numprocesses=auto -m slow

crash: .venv/ready  ## kill nights at every boundary and 200 random instants; SEED=… for others; ten minutes
	@SEED=$(SEED) $(UV) run --frozen --no-sync python -m tests.crash

# Many more mutants of real records than the test suite sends; FUZZ_SEED chooses which, FUZZ_MUTANTS how many.
FUZZ_MUTANTS ?= 10000
FUZZ_SEED ?= 20260912
fuzz: .venv/ready  ## 10,000 mutants through real nights, about ten minutes on two free cores
	@echo "FUZZ_SEED=$(FUZZ_SEED) FUZZ_MUTANTS=$(FUZZ_MUTANTS)"
	@FUZZ_SEED=$(FUZZ_SEED) FUZZ_MUTANTS=$(FUZZ_MUTANTS) $(UV) run --frozen --no-sync pytest \
		--numprocesses=auto tests/flows/test_mutants.py

check: .venv/ready format lint types imports test  ## what CI runs

format: .venv/ready
	@$(UV) run --frozen --no-sync ruff format --check .

lint: .venv/ready
	@$(UV) run --frozen --no-sync ruff check .

types: .venv/ready
	@$(UV) run --frozen --no-sync mypy

imports: .venv/ready
	@$(UV) run --frozen --no-sync lint-imports

coverage: .venv/ready  ## branch coverage of connectors and warehouse
	@$(UV) run --frozen --no-sync pytest --numprocesses=auto --cov --cov-report=term-missing:skip-covered

.venv/ready: pyproject.toml uv.lock | $(UV)
	@$(UV) sync --frozen --quiet
	@touch $@

# A folder of our own: neither a virtual environment nor the right to install for everyone is needed.
$(TOOLS)/bin/uv:
	@echo "bringing uv into $(TOOLS)/" >&2
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --target $(TOOLS) uv

clean:
	rm -rf .venv $(TOOLS) demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
