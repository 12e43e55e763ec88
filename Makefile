# `make` lists what can be done. Each target brings what it needs, uv included.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
TOOLS := .tools
# The machine's own certificates are believed too: many networks have one of their own in between.
export UV_SYSTEM_CERTS ?= true
# Once, and here: where Python may not write what it compiles (many containers), each night would compile it again.
export UV_COMPILE_BYTECODE ?= 1
UV := $(shell command -v uv 2>/dev/null || echo $(TOOLS)/bin/uv)
BIN := .venv/bin
# Two stamps, one for using and one for developing. Neither undoes the other (--inexact): what is there stays.
USE := .venv/for-use
DEV := .venv/for-development
ENDED := .venv/ended

.PHONY: help run tonight test demo explore notebook check format lint types imports coverage test-slow clean \
	test-duckdb docs crash fuzz bench

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## */\1\t/' | \
		awk -F'\t' '{ printf "make %-12s %s\n", $$1, $$2 }'

demo: $(USE)  ## the whole job offline: a year of a made-up registry, with mails, a page and a file
	@$(BIN)/trialwatch demo

test: $(DEV)  ## the test suite, some minutes
	@$(BIN)/pytest --numprocesses=auto

# What make says of a failure comes last, so it says what helps.
run: tonight  ## one night of the default watch, against the real registry
	@$(if $(filter 3,$(shell cat $(ENDED))),$(error The registry could not be read, see above. \
		`make demo` shows the whole job without a network))
	@exit $$(cat $(ENDED))

# A person waits: what a schedule tries for a quarter of an hour is tried for a minute.
tonight: $(USE)
	@TRIALWATCH_RETRY_SECONDS=$${TRIALWATCH_RETRY_SECONDS:-60} $(BIN)/trialwatch run; echo $$? > $(ENDED)

explore: notebook  ## a notebook over the published file
	@$(BIN)/marimo edit docs/explore.py

notebook: $(DEV)  ## bring what the notebook needs
	@$(UV) sync --frozen --inexact --group explore

docs: $(DEV)  ## write the store's tables, the data dictionary and the cookbook's answers anew
	@$(BIN)/python -m docs.refresh

# The oldest DuckDB that opens the published file, others since, and the command line.
OTHER_DUCKDBS := 1.1.3 1.2.2 1.4.4 2.0.0

test-duckdb: $(DEV)  ## the published file in other DuckDBs than ours; brings them into .tools/
	@for version in $(OTHER_DUCKDBS); do \
		test -x $(TOOLS)/duckdb/$$version/bin/python || $(UV) venv --quiet $(TOOLS)/duckdb/$$version; \
		$(UV) pip install --quiet --python $(TOOLS)/duckdb/$$version/bin/python duckdb==$$version || exit 1; \
	done
	@test -x $(TOOLS)/duckdb/cli/bin/python || $(UV) venv --quiet $(TOOLS)/duckdb/cli
	@$(UV) pip install --quiet --python $(TOOLS)/duckdb/cli/bin/python duckdb-cli
	@$(BIN)/pytest tests/warehouse/publish/test_other_duckdb.py

test-slow: $(DEV)  ## the tests that are too slow for `make test`
	@$(BIN)/pytest --numprocesses=auto -m slow

crash: $(DEV)  ## kill nights at every boundary and 200 random instants; SEED=… for others; ten minutes
	@SEED=$(SEED) $(BIN)/python -m tests.crash

# Many more mutants of real records than the test suite sends; FUZZ_SEED chooses which, FUZZ_MUTANTS how many.
FUZZ_MUTANTS ?= 10000
FUZZ_SEED ?= 20260912
fuzz: $(DEV)  ## 10,000 mutants through real nights, about ten minutes on two free cores
	@echo "FUZZ_SEED=$(FUZZ_SEED) FUZZ_MUTANTS=$(FUZZ_MUTANTS)"
	@FUZZ_SEED=$(FUZZ_SEED) FUZZ_MUTANTS=$(FUZZ_MUTANTS) $(BIN)/pytest \
		--numprocesses=auto tests/flows/test_mutants.py

# Sizes in trials; 200000 and 600000 only where they are named. BENCH_VERSIONS=5000000 adds an as-of over so many.
BENCH_SIZES ?= 1000 5000 20000
BENCH_VERSIONS ?= 0
bench: $(DEV)  ## what each stage costs, beside dlt, a plain loop and the limits; writes docs/performance.md
	@$(UV) sync --frozen --inexact --group bench
	@$(BIN)/python -m benchmarks.scale --sizes $(BENCH_SIZES) --versions $(BENCH_VERSIONS)

check: format lint types imports test  ## what CI runs

format: $(DEV)
	@$(BIN)/ruff format --check .

lint: $(DEV)
	@$(BIN)/ruff check .

types: $(DEV)
	@$(BIN)/mypy

imports: $(DEV)
	@$(BIN)/lint-imports

coverage: $(DEV)  ## branch coverage of connectors and warehouse
	@$(BIN)/pytest --numprocesses=auto --cov --cov-report=term-missing:skip-covered

$(USE): pyproject.toml uv.lock | $(UV)
	@echo "bringing what trialwatch needs into .venv/ (about 240 MB)" >&2
	@$(UV) sync --frozen --inexact --no-dev
	@$(BIN)/python -m compileall -q flows connectors warehouse
	@$(BIN)/python -m flows.compiled
	@touch $@

$(DEV): pyproject.toml uv.lock | $(UV)
	@echo "bringing what its tests need into .venv/ (about 510 MB in all)" >&2
	@$(UV) sync --frozen --inexact
	@$(BIN)/python -m compileall -q flows connectors warehouse
	@$(BIN)/python -m flows.compiled
	@touch $@ $(USE)

# By its name of before, which instructions may still say.
.venv/ready: $(USE)
	@touch $@

# A folder of our own: neither a virtual environment nor the right to install for everyone is needed.
$(TOOLS)/bin/uv:
	@echo "bringing uv into $(TOOLS)/" >&2
	@$(PYTHON) -m pip install --disable-pip-version-check --target $(TOOLS) uv

clean:  ## remove what make brought, and a demo: only what was made here
	@test ! -x $(BIN)/trialwatch || $(BIN)/trialwatch demo --clear
	@if test -e $(USE) -o -e $(DEV); then echo "removing .venv"; rm -rf .venv; fi
	@if test -x $(TOOLS)/bin/uv; then echo "removing $(TOOLS)"; rm -rf $(TOOLS); fi
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
