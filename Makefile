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
	@touch $@

# The entry point as an installer writes it: worker processes import it again, and must not start anew.
$(BIN)/sitrep: Makefile $(VENV)/.run
	@printf '#!%s/python\nimport sys\n\nfrom adapters.terminal.cli import main\n\nif __name__ == "__main__":\n    sys.exit(main())\n' "$$(pwd)/$(BIN)" > $@ && chmod +x $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.run | $(BIN)/sitrep
	@echo "Setting up the tools for tests and checks from the lock …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

demo: $(VENV)/.run $(BIN)/sitrep  ## load the sample reports, run the real bot over them, print the cards
	@$(BIN)/python -m adapters.terminal.cli demo

run: $(VENV)/.run $(BIN)/sitrep  ## start the bot with config/sitrep.toml and the environment
	@$(BIN)/python -m compileall -q bot adapters
	@$(BIN)/python -m adapters.terminal.cli run

test: $(VENV)/.dev  ## the tests
	@$(BIN)/python -m pytest -n 2 --dist loadscope

check: $(VENV)/.dev  ## style, types, layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: $(VENV)/.dev
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

lock: $(VENV)/.dev  ## rewrite the locks from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements/run.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml -c requirements/run.lock -o requirements/dev.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra otel pyproject.toml -c requirements/run.lock -o requirements/otel.lock

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

.PHONY: accuracy train pictures placing

$(TRAINER)/.ready: training/requirements.lock
	@$(PYTHON) -m venv $(TRAINER)
	@$(TRAINER)/bin/python -m pip install --quiet --no-deps -r training/requirements.lock
	@touch $@

train: $(TRAINER)/.ready  ## the tagger's weights anew, from the train split and our own reports: about an hour
	@$(TRAINER)/bin/python -m training.prepare
	@$(TRAINER)/bin/python -m training.train --minilm build/minilm --polnear $(EVAL)/polnear-train.jsonl --conflict training/conflict --conflict-epochs 3 --seed 7
	@$(TRAINER)/bin/python -m training.export build/tagger.pt
	@$(TRAINER)/bin/python -m training.casualties --muc $(EVAL)/muc-dev.jsonl --conflict training/conflict

accuracy: $(VENV)/.dev  ## the figures of docs/accuracy.md, where the corpora lie beside the project
	@$(BIN)/python -m benchmarks.accuracy $(EVAL)
	@$(BIN)/python -m benchmarks.own_events $(EVAL)
	@$(BIN)/python -m training.likeness --measure
	@$(BIN)/python -m training.gold open open2 sealed sealed2 heldout disputes
	@$(BIN)/python -m training.figures

placing: $(VENV)/.dev  ## CPU per report added to stores of 1,000, 10,000 and 100,000 events
	@$(BIN)/python -m benchmarks.placing --plan

bench-discord: $(VENV)/.dev  ## first answers of 200 interactions at once on 100,000 summaries; OPTIONS="--soak 20" for a soak with ticks
	@$(BIN)/python -m benchmarks.interactions $(OPTIONS)

pictures: $(VENV)/.dev  ## draw the cards of docs/ with Chromium
	@$(BIN)/python docs/pictures/draw.py
	@$(BIN)/python docs/pictures/draw_slack.py

bench-slack: $(VENV)/.dev  ## acknowledgements of 200 requests at once on the same store; OPTIONS="--soak 20" as well
	@$(BIN)/python -m benchmarks.acknowledgements $(OPTIONS)

BENCH := build/bench

.PHONY: bench-poll bench-poll-growth bench-node lock-bench

$(BENCH)/.ready: benchmarks/polling/requirements.lock
	@$(PYTHON) -m venv $(BENCH)
	@$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r benchmarks/polling/requirements.lock
	@touch $@

.PHONY: bench-planning

bench-planning: $(VENV)/.run  ## one report against 10,000 subscriptions and 10,000 watches, beside asking each
	@$(BIN)/python -m benchmarks.planning

.PHONY: bench-delivery

bench-delivery: $(VENV)/.dev  ## the outbox beside a bare queue, a digest of 5,000 reports, and the way from a feed's tick to a post
	@$(BIN)/python -m benchmarks.delivery all $(OPTIONS)

bench-poll: $(VENV)/.run $(BENCH)/.ready  ## CPU per feed beside lemon24/reader and a bare client, in one run
	@$(BIN)/python -m benchmarks.polling compare

bench-poll-growth: $(VENV)/.run $(BENCH)/.ready  ## the same over 1,000 to 10,000 feeds, with the picture of docs/performance.md
	@$(BIN)/python -m benchmarks.polling growth --rounds 1

bench-node: $(VENV)/.run  ## 6,000 feeds every 15 minutes, 95 % unchanged: CPU and memory of one node
	@$(BIN)/python -m benchmarks.polling node

lock-bench: $(VENV)/.dev  ## rewrite the locks of the benchmarks' own environments
	@for part in polling extraction; do $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 benchmarks/$$part/requirements.in -o benchmarks/$$part/requirements.lock; done

.PHONY: bench-extract

$(BENCH)-extract/.ready: benchmarks/extraction/requirements.lock
	@$(PYTHON) -m venv $(BENCH)-extract
	@$(BENCH)-extract/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r benchmarks/extraction/requirements.lock
	@touch $@

bench-extract: $(VENV)/.run $(BENCH)-extract/.ready  ## texts a second of the whole extraction beside spaCy's small pipeline, one core, in turns
	@$(BIN)/python -m benchmarks.extraction --corpora $(EVAL) $(OPTIONS)

.PHONY: bench-hostile

bench-hostile: $(VENV)/.dev  ## CPU and memory of each crafted feed alone, as docs/security.md has them
	@$(BIN)/python -m benchmarks.hostile

.PHONY: bench-lookups bench-pictures

bench-lookups: $(VENV)/.run  ## look-ups over a million summaries; the first run makes them (5 GB in build/, an hour at most)
	@$(BIN)/python -m benchmarks.lookups

bench-pictures: $(VENV)/.run  ## how long pictures take to draw, and their size
	@$(BIN)/python -m benchmarks.pictures

.PHONY: chaos

chaos: $(VENV)/.dev  ## 2,000 deliveries, 20 kills, failing platforms: nothing lost, nothing doubled (SEED=…, KILLS=…)
	@$(BIN)/python -m tests.chaos.run --reports 50 --channels 40 --kills $(or $(KILLS),20) --between $(or $(BETWEEN),3) --faults 0.05 $(if $(SEED),--seed $(SEED))

.PHONY: bench-nodes

bench-nodes: $(VENV)/.dev  ## the nodes' queue beside raw SKIP LOCKED batches; reports understood by one node and by two
	@$(BIN)/python -W ignore -m benchmarks.nodes queue
	@$(BIN)/python -W ignore -m benchmarks.nodes understand

.PHONY: chaos-nodes

chaos-nodes: $(VENV)/.dev  ## the same with three nodes on a PostgreSQL, one at random killed each time (SEED=…, KILLS=…)
	@$(BIN)/python -m tests.chaos.run --nodes 3 --lease 20 --reports 50 --channels 40 --kills $(or $(KILLS),20) --faults 0.05 $(if $(SEED),--seed $(SEED))

.PHONY: soak

soak: $(VENV)/.dev  ## a node for three minutes on loopback, both platforms' stand-ins connected; OPTIONS="--minutes 20 --feeds 1000 --channels 200"
	@$(BIN)/python -m benchmarks.soak $(OPTIONS)
