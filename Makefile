# Two commands for a bare machine: `make demo` and `make test`. `make check` is the daily one.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
OUT ?= demo-output
PIP_FLAGS := --quiet --disable-pip-version-check --prefer-binary
# no key of the user's may reach the demo, the tests or the notebooks
CLEAN_ENV := env -u KIE_API_KEY -u SUNO_API_KEY -u SUNO_LAB_API_KEY -u SUNO_LAB_SERVICE -u SUNO_LAB_BASE_URL \
	NUMBA_CACHE_DIR=$(CURDIR)/$(VENV)/numba MPLBACKEND=agg

.DEFAULT_GOAL := help
.PHONY: help setup demo test check lint types arrows unit notebooks executed browser clean

help:
	@echo "make demo      set up everything, then make songs, measure, compare and export them (emulator, no key)"
	@echo "make test      set up everything, then run all tests, notebooks included"
	@echo "make check     lint, types, arrows, tests: the daily command"
	@echo "make clean     remove the virtual environment and what the demo made"

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "suno_lab needs Python 3.11 or newer, found " + sys.version.split()[0] + "; try: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing suno_lab and its tools into $(VENV) …"
	@$(BIN)/python -m pip install $(PIP_FLAGS) -e '.[dev]'
	@touch $@

setup: $(STAMP)

demo: $(STAMP)
	@$(CLEAN_ENV) $(BIN)/suno-lab demo --out $(OUT)

test: $(STAMP) browser
	@$(CLEAN_ENV) $(BIN)/python -m pytest -q
	@$(CLEAN_ENV) $(BIN)/python -m pytest -q --nbmake notebooks --nbmake-timeout=300

check: $(STAMP) lint types arrows unit notebooks

lint: $(STAMP)
	@$(BIN)/ruff check .

types: $(STAMP)
	@$(BIN)/mypy

arrows: $(STAMP)
	@$(BIN)/lint-imports

unit: $(STAMP)
	@$(CLEAN_ENV) $(BIN)/python -m pytest -q

notebooks: $(STAMP)
	@$(CLEAN_ENV) $(BIN)/python -m pytest -q --nbmake notebooks --nbmake-timeout=300

# The browser tests need a system Chromium and Firefox. They are installed only where that is wanted: as root, with
# CI=true or APT=1.
browser:
	@missing=; command -v chromium >/dev/null 2>&1 || missing="chromium fonts-dejavu-core"; \
	command -v firefox-esr >/dev/null 2>&1 || command -v firefox >/dev/null 2>&1 || missing="$$missing firefox-esr"; \
	if [ -z "$$missing" ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && { [ "$$CI" = true ] || [ "$$APT" = 1 ]; }; then \
		echo "+ apt-get update && apt-get install -y --no-install-recommends" $$missing; \
		apt-get -qq update && apt-get -qq -o DPkg::Lock::Timeout=400 install -y --no-install-recommends $$missing >/dev/null; \
	else echo "some browser tests will not run, missing:" $$missing". To get it (as root): APT=1 make test"; fi

clean:
	rm -rf $(VENV) $(OUT)

# run every notebook afresh and keep its outputs, without widget state and without the outputs of widget cells
executed: $(STAMP)
	@$(CLEAN_ENV) MPLBACKEND= $(BIN)/python notebooks/execute.py
