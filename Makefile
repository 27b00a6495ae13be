# The commands a newcomer needs. Everything else is `magpipe --help`.
.DEFAULT_GOAL := help
.PHONY: help up install test test-livekit lint bench screenshots lock

# The first Python of at least 3.11 on the PATH; `make up PYTHON=/path/to/python3` names another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; exit; }; \
	done; command -v python3 || echo no-python)
VENV := .venv/bin
PATHS := backend magpipe pages state voice_agent tests alembic rxconfig.py

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

up: has-python ## Install what is missing and start everything (PORT=… for another port)
	@$(PYTHON) -m magpipe.bootstrap up

install: has-python ## Install the packages of the lock into .venv
	@$(PYTHON) -m magpipe.bootstrap

# Containers often forbid Python to keep what it compiles; the suite starts some forty processes, of which each web process
# took 5.3 s of processor time without it and 3.7 s with it.
test: install ## Run every test, with a real database and a real browser
	@$(VENV)/python -m tests.chromium
	@PYTHONDONTWRITEBYTECODE= $(VENV)/python -m pytest -n 3 $(ARGS)

# Sound in real time over WebRTC: apart from `test`, whose outcome depends on no machine's speed.
test-livekit: install ## Try calls through LiveKit's own server, found on the PATH or built with Go
	@if $(VENV)/python -m tests.livekit.servers; then TEST_LIVEKIT=1 $(VENV)/python -m pytest tests/livekit $(ARGS); fi

lint: install ## Check style, types, the import law and dead code
	@$(VENV)/ruff check $(wildcard $(PATHS))
	@$(VENV)/ruff format --check $(wildcard $(PATHS))
	@$(VENV)/mypy
	@$(VENV)/vulture
	@$(VENV)/python -m pytest tests/test_import_law.py

bench: install ## Measure what docs/performance.md states
	@$(VENV)/python -m tests.bench $(ARGS)

screenshots: install ## Take pictures of every page into screenshots/ (ARGS="--only inbox")
	@$(VENV)/python -m tests.browser.screenshots $(ARGS)

lock: install ## Compile requirements.lock from pyproject.toml (needs uv)
	@$(VENV)/python -m magpipe.compile_lock

.PHONY: has-python
has-python:
	@test "$(PYTHON)" != no-python || { echo "Magpipe: Python 3.11 or newer is needed; install it first." >&2; exit 1; }
