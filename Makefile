# Two commands matter: `make run` and `make test`. Paths are relative on purpose: make breaks
# absolute ones at a space.

# The first interpreter that is new enough; choose another with: make run PYTHON=python3.13
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo "$$python" && break; done)
BIN = .venv/bin

.DEFAULT_GOAL = help
.PHONY: help run backup restore test check fuzz test-fast test-browser faults format languages secrets-baseline install install-dev pins \
	bench bench-long bench-quick install-bench

help: ## List what can be made
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

run: install ## Start Sash with everything it needs
	@$(BIN)/python -m config.launcher

test: install-dev ## All checks and all tests, as before a merge
	@$(BIN)/python -m tests.suite all

check: install-dev ## Only the checks: style, types, layers, templates, secrets, settings
	@$(BIN)/python -m tests.suite checks

test-fast: install-dev ## Only the tests that need no browser
	@$(BIN)/python -m tests.suite tests

test-browser: install-dev ## Only the tests in Chromium
	@$(BIN)/python -m tests.suite browser

bench: install-bench ## How fast it is: every figure of docs/benchmarks.md, or one: ROW=intake
	@$(BIN)/python -m bench $(if $(ROW),--row $(ROW))

bench-long: install-bench ## The rows that take 10 and 30 minutes
	@$(BIN)/python -m bench --long

bench-quick: install-bench ## A small form of it in five minutes; publishes nothing
	@$(BIN)/python -m bench --quick $(if $(ROW),--row $(ROW))

faults: install-dev ## Break things under load: make faults FAULT=F4 LOAD=0.1 SECONDS=10
	@$(BIN)/python -m faults

mutants: install-dev ## Break ten rules, one at a time; a test must notice each
	@$(BIN)/python -m tests.mutants

format: install-dev ## Bring code and templates into the form that the checks ask for
	@$(BIN)/ruff check --quiet --fix --select I . ; $(BIN)/ruff format --quiet .
	@git ls-files -z 'templates/*.html' '*/templates/*.html' | xargs -0 $(BIN)/djade --target-version 5.2

languages: install-dev ## Take new texts into the translations, and compile them
	@$(BIN)/python -m tests.catalogues

fuzz: install-dev ## Throw random webhooks and frames at Sash for FUZZ_SECONDS (600)
	@$(PYTHON) config/bootstrap.py fuzz || echo "Going on without atheris."
	@FUZZ_SECONDS="$(or $(FUZZ_SECONDS),600)" $(BIN)/python -m tests.fuzz

backup: install ## Save the database and the media in a dated folder (TO=folder: below that one)
	@$(BIN)/python -m config.backups backup $(if $(TO),"$(TO)")

restore: install ## Bring back a backup (FROM=folder; FORCE=1 loses what is there)
	@FORCE="$(FORCE)" $(BIN)/python -m config.backups restore $(if $(FROM),"$(FROM)")

secrets-baseline: install-dev ## Accept what detect-secrets finds now; look at each first
	@$(BIN)/detect-secrets scan $(NO_SECRETS) > .secrets.baseline

# Hashes of packages, and captured messages whose ids look like keys.
NO_SECRETS = --exclude-files '^requirements/.*\.txt$$' --exclude-files '^tests/.*/payloads/'

install: python
	@$(PYTHON) config/bootstrap.py base

install-dev: python
	@$(PYTHON) config/bootstrap.py dev

install-bench: python
	@$(PYTHON) config/bootstrap.py bench

.PHONY: python
python:
	@test -n "$(PYTHON)" || { echo "Sash needs Python 3.11 or newer, and no such python3 was found." \
	"On Debian 12 or Ubuntu 24.04: sudo apt install python3 python3-venv"; exit 1; }

PIN = $(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make pins" pyproject.toml

pins: install-dev ## Compile requirements/ from pyproject.toml, keeping what still fits
	@$(BIN)/python -m pip install --quiet uv
	$(PIN) --output-file requirements/base.txt
	$(PIN) --group dev --constraint requirements/base.txt --output-file requirements/dev.txt
	$(PIN:pyproject.toml=) --group fuzz --output-file requirements/fuzz.txt
	$(PIN) --group bench --constraint requirements/base.txt --output-file requirements/bench.txt
	$(PIN:pyproject.toml=bench/helpdesk/requirements.in) --output-file requirements/bench-helpdesk.txt
