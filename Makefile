# The commands of the project. `make demo` and `make test` need nothing but Python 3.11, gcc and make.
VAR_DIR ?= $(CURDIR)/var
PORT ?= 8000
PYTHON := .venv/bin/python
TEST_ENV := VAR_DIR="$(VAR_DIR)/test" POSTGRES_FSYNC=0 DJANGO_ALLOW_ASYNC_UNSAFE=true
export VAR_DIR

.PHONY: setup demo test check bench torture screenshots stop lock help

help:
	@echo "make demo         the site with a fictional area, on http://127.0.0.1:$(PORT)/ (GIAS=FILE LA=CODE for real schools)"
	@echo "make test         all tests"
	@echo "make check        style, types, architecture, migrations"
	@echo "make torture      long races and kills"
	@echo "make bench        figures"
	@echo "make screenshots  pictures of every page, per role, at two widths"
	@echo "make stop         end the embedded database"

.venv/bin/python:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed."; exit 1; }
	@python3 -m venv .venv || { rm -rf .venv; echo "Python's venv module is missing: install python3-venv."; exit 1; }

.venv/runtime: .venv/bin/python requirements.txt
	$(PYTHON) -m pip install --quiet --require-hashes -r requirements.txt
	@touch $@

.venv/dev: .venv/runtime requirements-dev.txt
	$(PYTHON) -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

setup: .venv/runtime
	@$(PYTHON) -m frontend.build

demo: setup
	@$(PYTHON) manage.py demo --port $(PORT) $(if $(GIAS),--gias "$(GIAS)") $(if $(LA),--la $(LA))

# All tests as two processes at once, each with its own database; with ARGS as one, of just those.
test: setup .venv/dev
	@status=0; $(TEST_ENV) $(PYTHON) -m $(if $(ARGS),pytest $(ARGS),tests.halves) || status=$$?; \
	$(PYTHON) -m marketplace.core.embedded_postgres stop --var-dir "$(VAR_DIR)/test" >/dev/null; exit $$status

check: setup .venv/dev
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(TEST_ENV) $(PYTHON) -m mypy
	$(TEST_ENV) $(PYTHON) -m pytest tests/architecture
	$(TEST_ENV) $(PYTHON) manage.py makemigrations --check --dry-run
	@$(PYTHON) -m marketplace.core.embedded_postgres stop --var-dir "$(VAR_DIR)/test" >/dev/null

bench: setup
	$(PYTHON) manage.py bench

torture: setup .venv/dev
	@status=0; TORTURE=1 $(TEST_ENV) $(PYTHON) -m pytest tests/torture -s || status=$$?; \
	$(PYTHON) -m marketplace.core.embedded_postgres stop --var-dir "$(VAR_DIR)/test" >/dev/null; exit $$status

screenshots: setup .venv/dev
	@$(TEST_ENV) $(PYTHON) -m tests.browser.screenshots; status=$$?; \
	$(PYTHON) -m marketplace.core.embedded_postgres stop --var-dir "$(VAR_DIR)/test" >/dev/null; exit $$status

stop:
	@if [ -x $(PYTHON) ]; then \
	  for place in "$(VAR_DIR)" "$(VAR_DIR)/test" "$(VAR_DIR)/test/books" "$(VAR_DIR)/test/pages"; do \
	    if [ -d "$$place/postgres" ]; then echo "$$place: $$($(PYTHON) -m marketplace.core.embedded_postgres stop --var-dir "$$place")"; fi; \
	  done; fi

# Needs uv (from PyPI). Records hashes and no registry address.
lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -q -o requirements.txt
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -q -c requirements.txt -o requirements-dev.txt
