# Works with GNU make 3.81 (macOS) and in a folder whose name has spaces: all paths are relative.
# VENV, PYTHON, PORT, NO_BROWSER and SIZE can be given: make demo PORT=8890 NO_BROWSER=1

VENV = .venv

# The first Python that is new enough. Each is run, since a name on PATH may be a shim for nothing.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)

RUN = "$(VENV)/bin/python" -m
WELLNESS = $(RUN) wellness

define INSTALL
@python="$(PYTHON)"; test -n "$$python" || { printf '%s\n' \
	'No Python 3.11 or newer was found on PATH.' \
	'Install one (macOS: brew install python@3.11; Debian, Ubuntu: sudo apt install python3.11 python3.11-venv;' \
	'else: python.org), or name one that is here: make demo PYTHON=/path/to/python3.11' >&2; exit 1; }; \
	"$$python" install.py --venv "$(VENV)"
endef

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo lab present rehearse models test test-all notebooks run cheat-sheet pictures provenance bench doctor lock clean

help: ## List these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name what; do printf '  make %-12s %s\n' "$$name" "$$what"; done

demo: ## From nothing to JupyterLab on the first notebook, with the sample data in Redis
	$(INSTALL) lab
	@$(WELLNESS) setup
	@$(WELLNESS) import data/sample-export.zip --user sample --zone America/New_York
	@$(RUN) wellness.lesson.lab

lab: ## JupyterLab only, with the data that is there
	$(INSTALL) lab
	@$(WELLNESS) setup
	@$(RUN) wellness.lesson.lab

present: ## On stage: the lessons as slides, models warm, speaker's notes in a second window
	$(INSTALL) lab
	@$(WELLNESS) setup
	@$(RUN) wellness.lesson.present

rehearse: ## The ten minutes in a browser by itself: seconds of each step, and what would go wrong
	$(INSTALL) test
	@$(WELLNESS) setup
	@$(RUN) wellness.lesson.browser
	@$(RUN) wellness.lesson.rehearsal

models: ## The chat models; SIZE=1.5b fetches a larger one (1.1 GB), SIZE=0.5b the one of the demo
	$(INSTALL) lab
	@$(WELLNESS) models $(if $(SIZE),--size $(SIZE))

test: ## The whole test suite: style, types, docstring examples, tests, notebooks
	$(INSTALL) test
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(RUN) wellness.lesson.build --check
	$(WELLNESS) setup
	$(RUN) wellness.lesson.browser
	WELLNESS_SCALE=$${WELLNESS_SCALE:-ci} $(RUN) pytest --numprocesses 2 --dist worksteal --doctest-modules --ignore=tests/benchmarks wellness tests

test-all: ## The same at full size, on each of Python 3.11, 3.12 and 3.13 that is here
	@for v in 3.11 3.12 3.13; do \
		if python$$v -c '' 2>/dev/null; then $(MAKE) test PYTHON=python$$v VENV=build/venv-$$v WELLNESS_SCALE=full || exit 1; \
		else echo "Python $$v is not here: left out."; fi; done

notebooks: ## Build the notebooks from notebooks/source
	$(INSTALL) test
	@$(RUN) wellness.lesson.build

run: ## Execute every solved lesson into a self-contained page under build/html
	$(INSTALL) lab
	@$(WELLNESS) setup
	@$(RUN) wellness.lesson.pages

cheat-sheet: ## One page with the ledger of this machine: build/cheat-sheet.pdf
	$(INSTALL) test
	@$(WELLNESS) setup
	@$(RUN) wellness.lesson.browser
	@$(RUN) wellness.lesson.cheat_sheet

pictures: ## The pictures of the README, taken of the running kit: docs/pictures
	$(INSTALL) test
	@$(WELLNESS) setup
	@$(RUN) wellness.lesson.browser
	@$(RUN) wellness.lesson.pictures

provenance: ## The table of packages, models and data with their licences: docs/provenance.md
	$(INSTALL) test
	@$(RUN) wellness.lesson.provenance

bench: ## The long measurements, kept with date and versions under build/bench
	$(INSTALL) test
	@$(WELLNESS) setup
	@mkdir -p build/bench
	@bash -c 'set -o pipefail; report="build/bench/$$(date -u +%Y%m%dT%H%M%SZ)"; $(RUN) pip freeze >"$$report.versions.txt"; \
		{ date -u; uname -srm; $(WELLNESS) doctor; $(RUN) pytest tests/benchmarks -s --benchmark-json="$$report.json"; } 2>&1 | tee "$$report.txt"'

doctor: ## What is installed, which Redis answers, and what to do when something is missing
	$(INSTALL) lab
	@$(WELLNESS) doctor

# Keeps the versions that still fit; to renew them all, remove requirements.lock first. pip is in it
# because the kit calls it with options that came in 24.1, the build backend because pip asks for it.
lock: ## Resolve requirements.lock anew from pyproject.toml (needs uv)
	@command -v uv >/dev/null || { echo 'make lock needs uv: pip install uv, or see its documentation.' >&2; exit 1; }
	@$(PYTHON) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], "pip>=24.1", sep="\n")' \
		| uv pip compile --quiet --universal --python-version 3.11 --all-extras --no-emit-index-url --no-emit-package redis-wellness \
			--custom-compile-command 'make lock' --output-file requirements.lock pyproject.toml -

# Imported data lives in .wellness/redis and stays; `wellness reset` deletes it.
clean: ## Remove the environment, builds and caches; imported health data stays
	@rm -rf "$(VENV)" build .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks *.egg-info
	@find wellness tests notebooks \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +
