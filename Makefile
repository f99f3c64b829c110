# Everything a newcomer needs: `make run`, `make test`. Each target is a line or two.
PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
# Modules are compiled once, not by every process that a test starts.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test test-all check check-lint check-types check-sql bench bench-cadence bench-dashboard constraints schema screenshots

.venv/run: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(INSTALL) -e '.[report]' && touch $@

.venv/dev: .venv/run
	$(INSTALL) -e '.[dev,report]' && touch $@

run: .venv/run  ## the demo, or any clone: make run REPO=/path/to/clone
	$(BIN)/drumbeat $(if $(REPO),try "$(REPO)",demo) --port $(PORT) $(if $(HEADLESS),--headless)

test: .venv/dev  ## what every change must pass; a file's tests stay in one of two processes
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-all: .venv/dev  ## the same, with the slow suites whole
	DRUMBEAT_TEST_ALL=1 $(BIN)/python -m pytest

check: check-lint check-types check-sql  ## lint, types, SQL style; all at once with -j

check-lint: .venv/dev
	$(BIN)/ruff format --check . && $(BIN)/ruff check .

check-types: .venv/dev
	$(BIN)/mypy

check-sql: .venv/dev
	$(BIN)/sqlfluff lint --processes 0 sql

bench: .venv/dev  ## prints JSON; inputs are made once and kept in .bench
	$(BIN)/python -m bench .bench

bench-cadence: .venv/dev  ## the stall detector on made-up services: a table, then JSON
	$(BIN)/python -m bench.cadence

bench-dashboard: .venv/dev  ## the pages with 1,000 services and 5 years, in a real browser: JSON
	$(BIN)/python -m bench.dashboard .bench

screenshots: .venv/dev  ## every page of the demo and its report as a picture, into docs
	$(BIN)/drumbeat demo --no-dashboard --data-dir .bench/demo && $(BIN)/python -m bench.screenshots .bench/demo docs

constraints: .venv/dev  ## write the exact versions of what is installed
	$(BIN)/python -m pip freeze --exclude-editable --exclude drumbeat > constraints.txt

schema: .venv/run  ## write docs/schema.md, from the demo
	$(BIN)/drumbeat demo --no-dashboard --data-dir .bench/demo && $(BIN)/drumbeat schema --data-dir .bench/demo > docs/schema.md
