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
# Three stamps: for using, for using with all extras, for developing. None undoes another (--inexact): what is there stays.
USE := .venv/for-use
EXTRAS := .venv/for-everything
DEV := .venv/for-development
ENDED := .venv/ended
# Half of what a test does is to wait, so two of them share a core. Where Python may not write what it compiles,
# each of them would compile every test again: a tenth of the time.
PYTEST = PYTHONDONTWRITEBYTECODE= $(BIN)/pytest --numprocesses=$$((2 * $$(getconf _NPROCESSORS_ONLN)))

.PHONY: help run tonight test demo extras explore notebook check format lint types imports coverage test-slow clean \
	test-duckdb test-lowest docs pictures vendor crash fuzz bench wheel deploy-linters

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## */\1\t/' | \
		awk -F'\t' '{ printf "make %-12s %s\n", $$1, $$2 }'

demo: $(USE)  ## the whole job offline: a year of made-up registries, with mails, a page and a file
	@$(BIN)/trialwatch demo

test: $(DEV)  ## the tests that need no patience: under four minutes on two cores
	@$(PYTEST)

# What make says of a failure comes last, so it says what helps.
run: tonight  ## one night of the default watch, against the real registries
	@$(if $(filter 3,$(shell cat $(ENDED))),$(error A registry could not be read, see above. \
		`make demo` shows the whole job without a network))
	@exit $$(cat $(ENDED))

# A person waits: what a schedule tries for a quarter of an hour is tried for a minute.
tonight: $(USE)
	@TRIALWATCH_RETRY_SECONDS=$${TRIALWATCH_RETRY_SECONDS:-60} $(BIN)/trialwatch run; echo $$? > $(ENDED)

extras: $(EXTRAS)  ## bring what buckets, a DuckLake and assistants need (docs/operating.md)

explore: notebook  ## a notebook over the published file
	@$(BIN)/marimo edit docs/explore.py

notebook: $(DEV)  ## bring what the notebook needs
	@$(UV) sync --frozen --inexact --group explore

wheel: | $(UV)  ## dist/: the wheel, which holds all that it needs, and the source it was built from
	@$(UV) build --quiet --clear --out-dir dist
	@ls dist/*.whl dist/*.tar.gz

deploy-linters: $(DEV)  ## bring what reads deploy/ for mistakes (180 MB); its tests skip where it is not there
	@$(UV) sync --frozen --inexact --group deploy

docs: $(DEV)  ## write the store's tables, the data dictionary and the cookbook's answers anew
	@$(BIN)/python -m docs.refresh

pictures: $(DEV)  ## take the README's pictures anew, of the demo's page and a mail; needs chromium
	@$(BIN)/python -m docs.pictures

# By package-lock.json: npm refuses a package whose hash is not the one there. To renew, write another version into
# package.json there, `npm install --package-lock-only --omit-lockfile-registry-resolved`, and this.
VENDOR := warehouse/publish/page/vendor

vendor:  ## bring the page's table library by npm, by its hashes, and bundle it anew
	@folder=$$(mktemp -d) && cp $(VENDOR)/package.json $(VENDOR)/package-lock.json $(VENDOR)/entry.js $$folder && \
		(cd $$folder && npm ci --ignore-scripts --no-audit --no-fund --silent && npx --no-install esbuild entry.js \
			--bundle --minify --format=iife --global-name=TanStackTable --target=es2020 --legal-comments=none \
			--log-level=warning --outfile=table-core.js) && \
		cp $$folder/table-core.js $(VENDOR)/ && cp $$folder/node_modules/@tanstack/table-core/LICENSE $(VENDOR)/ && \
		rm -r $$folder

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

# The lower bounds in pyproject.toml are promises. What the wheel is installed beside is no older than they say.
LOWEST := $(TOOLS)/lowest
LOWEST_TESTS ?= tests/connectors tests/warehouse tests/flows

test-lowest: pyproject.toml | $(UV)  ## the test suite with the lowest versions that pyproject.toml allows
	@$(UV) venv --quiet --clear $(LOWEST)
	@$(UV) pip compile --quiet --resolution lowest-direct --all-extras --output-file $(LOWEST)/lowest.txt pyproject.toml
	@$(UV) pip install --quiet --python $(LOWEST)/bin/python --constraint $(LOWEST)/lowest.txt \
		--requirement $(LOWEST)/lowest.txt --group dev
	@$(UV) pip install --quiet --python $(LOWEST)/bin/python --no-deps --editable .
	@$(LOWEST)/bin/pytest --numprocesses=auto $(LOWEST_TESTS)

test-slow: $(DEV)  ## the tests that are too slow for `make test`
	@$(PYTEST) -m slow

test-all: $(DEV)  ## both, half an hour; COVERAGE=yes holds connectors and warehouse to their floor
	@$(PYTEST) -m "slow or not slow" $(if $(COVERAGE),--cov --cov-report=term:skip-covered)

crash: $(DEV)  ## kill nights at every boundary and 200 random instants; SEED=… for others; ten minutes
	@SEED=$(SEED) $(BIN)/python -m tests.crash

# Many more mutants of real records than the test suite sends; FUZZ_SEED chooses which, FUZZ_MUTANTS how many.
FUZZ_MUTANTS ?= 10000
FUZZ_SEED ?= 20260912
fuzz: $(DEV)  ## 10,000 mutants through real nights, about ten minutes on two free cores
	@echo "FUZZ_SEED=$(FUZZ_SEED) FUZZ_MUTANTS=$(FUZZ_MUTANTS)"
	@FUZZ_SEED=$(FUZZ_SEED) FUZZ_MUTANTS=$(FUZZ_MUTANTS) $(BIN)/pytest \
		--numprocesses=auto -m "slow or not slow" tests/flows/test_mutants.py

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
	@$(BIN)/sqlfluff lint --quiet --disable-progress-bar warehouse tests

types: $(DEV)
	@$(BIN)/mypy

imports: $(DEV)
	@$(BIN)/lint-imports

$(USE): pyproject.toml uv.lock | $(UV)
	@echo "bringing what trialwatch needs into .venv/ (about 240 MB)" >&2
	@$(UV) sync --frozen --inexact --no-dev
	@$(BIN)/python -m compileall -q flows connectors warehouse
	@$(BIN)/python -m flows.compiled
	@touch $@

$(EXTRAS): pyproject.toml uv.lock | $(UV)
	@$(UV) sync --frozen --inexact --no-dev --all-extras
	@$(BIN)/python -m compileall -q flows connectors warehouse
	@$(BIN)/python -m flows.compiled
	@touch $@ $(USE)

$(DEV): pyproject.toml uv.lock | $(UV)
	@echo "bringing what its tests need into .venv/ (about 510 MB in all)" >&2
	@$(UV) sync --frozen --inexact --all-extras
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
