# The two commands: `make run` and `make test`. Everything else is for people who work on pincite.
PYTHON ?= python3
PORT ?= 8501
BIN = .venv/bin
PYTEST = $(BIN)/python -m pytest -q -n logical --maxprocesses 4 --dist loadfile
BENCH ?= $(BIN)/python
QUESTION ?= ¿Qué barreras enfrentan los migrantes para acceder a los servicios de salud?

.PHONY: run setup setup-dev test test-all coverage lint audit gate eval bench-ingest bench-index soak fuzz corpus screenshots pins sbom clean

run: setup  ## set up, ingest corpus/, answer one question, serve the page
	@$(BIN)/pincite ingest corpus || [ $$? -eq 3 ]
	@$(BIN)/pincite search "$(QUESTION)" -k 1
	@$(BIN)/pincite serve --port $(PORT)

setup:  ## make .venv and install pincite
	@$(PYTHON) tools/bootstrap.py

setup-dev:
	@$(PYTHON) tools/bootstrap.py dev

test: setup-dev  ## the quick tests
	@$(PYTEST)

test-all: setup-dev  ## every test, the slow and the browser ones too
	@$(BIN)/python -m pytest -q -m "slow or browser or not slow"

coverage: setup-dev  ## the quick tests, with the share of lines they run; below 90 % it fails
	@$(PYTEST) --cov --cov-report=term:skip-covered

lint: setup-dev  ## style, format, types, layers, circles of imports, licences
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/import_circles.py --rooms
	$(BIN)/python tools/check_licences.py

audit: setup-dev  ## known faults of the locked packages, as far as the package index tells them
	@$(BIN)/python tools/audit.py || [ $$? -eq 3 ]

sbom: setup-dev  ## the bill of materials (CycloneDX), into build/
	@mkdir -p build && $(BIN)/python tools/sbom.py build/pincite.cdx.json

gate: setup-dev  ## the starter questions, against the figures kept in evals/baseline
	$(BIN)/pincite ingest corpus --library out/ci/library --progress none
	$(BIN)/pincite doctor --library out/ci/library
	$(BIN)/pincite eval check evals/gold/starter.jsonl --library out/ci/library
	$(BIN)/pincite eval run evals/gold/starter.jsonl --library out/ci/library --out out/ci/run
	$(BIN)/pincite eval compare evals/baseline/starter out/ci/run

eval: setup  ## how good is it on the starter questions?
	@$(BIN)/pincite ingest corpus --progress none || [ $$? -eq 3 ]
	@$(BIN)/pincite eval run evals/gold/starter.jsonl --library library --out out/eval

bench-ingest: setup-dev
	@$(BIN)/python bench/ingest.py

bench-index: setup-dev  ## BENCH: the Python of an environment with bench/requirements.txt; ARGS: its options
	@$(BENCH) bench/index.py $(ARGS)

soak: setup-dev  ## all faults in their long forms, hours; writes the table of docs/reliability.md. ROWS="kills mutants=1500"
	@$(BIN)/python bench/soak_table.py $(ROWS)

fuzz: setup-dev  ## fuzz the readers, guided by coverage. TARGETS="splitter gold" MINUTES=60 (10 each)
	@$(BIN)/python bench/fuzz.py $(TARGETS) --minutes $(or $(MINUTES),10)

corpus: setup-dev  ## rebuild the starter documents from tools/starter/
	@$(BIN)/python tools/build_starter_corpus.py

screenshots: setup-dev
	@$(BIN)/python tools/screenshots.py

clean:  ## remove what can be made again; library/ stays, for it holds what people typed in as well
	rm -rf .venv out build dist

pins: setup-dev  ## write lock/ from this environment's versions
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tools/pins.py
