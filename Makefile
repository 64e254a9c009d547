# Two commands for a newcomer: make run, make test. All targets set up what they need in .venv.
PYTHON ?= python3
PORT ?= 8402
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: .venv/serve ## Serve on 127.0.0.1:8402 (PORT=9000 changes it)
	@$(BIN)/image-edit-emulator serve --port $(PORT)
test: .venv/dev ## Run all tests
	@$(BIN)/python -m pytest -n auto $(ARGS)
demo: .venv/serve ## Edit a picture through each operation; before and after in demo-output/
	@$(BIN)/image-edit-emulator demo demo-output
bench: .venv/dev ## Measure against the yardsticks, in five minutes (ARGS=--quick: in one)
	@$(BIN)/python -m benchmarks $(ARGS)
bench-peers: .venv/dev ## Measure Prism, aimock and moto beside it; needs Node
	@$(BIN)/python -m benchmarks.peers
lint: .venv/dev ## Ruff: rules and format
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
types: .venv/dev ## Strict type check
	@$(BIN)/mypy
fuzz: .venv/dev ## A longer schemathesis run over each served document
	@$(BIN)/python -m pytest tests/fuzz --fuzz-examples 300 $(ARGS)
reliability: .venv/dev ## Money under pressure: 20 rounds of kill -9, 10,000 steps of the ledger, 2,000 tests
	@HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest tests/reliability tests/billing tests/jobs --rounds 20 $(ARGS)
lock: .venv/dev ## Pin what the registry serves now, with hashes, into requirements/
	@for set in serve dev; do $(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-header --no-annotate \
	  requirements/build.in $$(test $$set = dev && echo --group dev) pyproject.toml -o requirements/$$set.txt; done
docs: .venv/dev ## Render the documentation into site/
	@$(BIN)/zensical build --strict
clean: ## Remove what the targets made
	rm -rf .venv demo-output benchmarks/.peers site .mypy_cache .ruff_cache .pytest_cache .hypothesis .schemathesis
.venv/serve: requirements/serve.txt pyproject.toml $(wildcard openapi/*.yaml)
	@$(PYTHON) -m venv .venv && $(PIP) --require-hashes -r $< && $(PIP) --no-deps --no-build-isolation -e . && $(BIN)/python -m compileall -q emulator && touch $@
.venv/dev: requirements/dev.txt .venv/serve
	@$(PIP) --require-hashes -r $< && touch $@

.PHONY: help run test demo lint types fuzz reliability lock docs clean bench bench-peers
