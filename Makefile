# `make demo` shows the whole thing on sample reports; `make test` passes the tests. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo run test check format lock bench clean

$(VENV)/.run: requirements/run.lock pyproject.toml
	@echo "Setting up the environment from the lock …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	@$(BIN)/python -c "import pathlib, sysconfig; pathlib.Path(sysconfig.get_path('purelib'), 'sitrep-checkout.pth').write_text(str(pathlib.Path.cwd()))"
	@printf '#!%s/python\nfrom adapters.terminal.cli import main\n\nmain()\n' "$$(pwd)/$(BIN)" > $(BIN)/sitrep && chmod +x $(BIN)/sitrep
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.run
	@echo "Setting up the tools for tests and checks from the lock …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

demo: $(VENV)/.run  ## load the sample reports, run the real bot over them, print the cards
	@$(BIN)/python -m adapters.terminal.cli demo

run: $(VENV)/.run  ## start the bot with config/sitrep.toml and the environment
	@$(BIN)/python -m adapters.terminal.cli run

test: $(VENV)/.dev  ## the tests
	@$(BIN)/python -m pytest

check: $(VENV)/.dev  ## style, types, layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: $(VENV)/.dev
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

lock: $(VENV)/.dev  ## rewrite both locks from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements/run.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml -c requirements/run.lock -o requirements/dev.lock

.PHONY: wheel sbom audit

wheel: $(VENV)/.dev  ## the program as one file: dist/
	@$(BIN)/python -m hatchling build -t wheel -d dist

sbom: $(VENV)/.dev  ## what the program is made of, as CycloneDX: dist/sbom.json
	@mkdir -p dist && $(BIN)/cyclonedx-py requirements requirements/run.lock --pyproject pyproject.toml --output-reproducible -o dist/sbom.json

audit: $(VENV)/.dev  ## known weaknesses of the pinned packages, where a database of them can be reached
	@$(BIN)/pip-audit --require-hashes --disable-pip -r requirements/run.lock

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache

EVAL ?= ../shared/eval

TRAINER := build/trainer

.PHONY: accuracy train pictures

$(TRAINER)/.ready: training/requirements.lock
	@$(PYTHON) -m venv $(TRAINER)
	@$(TRAINER)/bin/python -m pip install --quiet --no-deps -r training/requirements.lock
	@touch $@

train: $(TRAINER)/.ready  ## the tagger's weights anew, from the train split and our own reports: about an hour
	@$(TRAINER)/bin/python -m training.prepare
	@$(TRAINER)/bin/python -m training.train --minilm build/minilm --polnear $(EVAL)/polnear-train.jsonl --conflict training/conflict --conflict-epochs 3 --seed 7
	@$(TRAINER)/bin/python -m training.export build/tagger.pt

accuracy: $(VENV)/.dev  ## the figures of docs/accuracy.md, where the corpora lie beside the project
	@$(BIN)/python -m benchmarks.accuracy $(EVAL)
	@$(BIN)/python -m benchmarks.own_events $(EVAL)

pictures: $(VENV)/.dev  ## draw the cards of docs/ with Chromium
	@$(BIN)/python docs/pictures/draw.py
