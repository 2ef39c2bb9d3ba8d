# `make demo` and `make test` are the two commands to know; both set up all they need from requirements.lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PEERS := $(VENV)/.peers

.PHONY: demo corpus test test-all fuzz lint format leaderboard bench ui lock clean help

help:
	@echo "make demo   label, train, evaluate, register, tag a speech that training never saw"
	@echo "make test   the tests, without the slow ones (make test-all runs those too)"
	@echo "make corpus the real texts of data/public.csv, downloaded to data/public (FROM=FOLDER takes a local copy)"
	@echo "make lint   formatter, linter and type checker, changing nothing"
	@echo "make fuzz   20,000 random and mutated documents through reading and tagging"
	@echo "make leaderboard   run the experiments that are out of date, write experiments/LEADERBOARD.md"
	@echo "make bench  speed beside jieba + scikit-learn and fastText (compiles fastText), write experiments/BENCHMARKS.md"
	@echo "make ui     the MLflow UI on 127.0.0.1"
	@echo "make format, make lock, make clean"

# pip compiles bytecode as it installs; the package itself is compiled here, for machines that forbid it at run time
$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "jianghua needs Python 3.11 or newer; try make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --compile --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src
	touch $(READY)

# trains without the speech in data/unseen, then scores and tags it
demo: $(READY)
	$(BIN)/jianghua label
	$(BIN)/jianghua train tracking.register=jianghua split.folds=3
	$(BIN)/jianghua evaluate corpus.raw=data/unseen corpus.gold=data/labels/unseen.csv
	$(BIN)/jianghua tag data/unseen -o experiments/demo --model models/latest --show
	@echo
	@echo "Next:  make ui                                     see the run in the MLflow UI"
	@echo "       $(BIN)/jianghua tag FOLDER -o OUT         tag your own speeches"
	@echo "       $(BIN)/jianghua train --multirun experiment=baseline_words,baseline_characters save=null"

corpus: $(READY)
	$(BIN)/jianghua corpus fetch $(if $(FROM),--from "$(FROM)")

test: $(READY)
	$(BIN)/python -m pytest -n auto -m "not slow and not integration"

test-all: $(READY)
	$(BIN)/python -m pytest -n auto

fuzz: $(READY)
	JIANGHUA_FUZZ=20000 $(BIN)/python -m pytest tests/tagging/test_fuzz.py

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# with fastText's row once `make bench` has installed it
leaderboard: $(READY)
	test ! -f $(PEERS) || $(BIN)/python experiments/fasttext_baseline.py split.folds=3
	$(BIN)/jianghua leaderboard split.folds=3

$(PEERS): $(READY) requirements-bench.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --compile --require-hashes -r requirements-bench.lock
	touch $(PEERS)

bench: $(PEERS)
	$(BIN)/python experiments/benchmark.py

ui: $(READY)
	$(BIN)/jianghua ui

# the one lock for every platform and Python from 3.11; run after changing dependencies in pyproject.toml
lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --all-extras --python-version 3.11 \
		--no-emit-index-url --no-emit-find-links --no-header -o requirements.lock pyproject.toml
	for group in bench spark; do \
		$(BIN)/uv pip compile --quiet --universal --generate-hashes --group $$group --python-version 3.11 -c requirements.lock \
			--no-emit-index-url --no-emit-find-links --no-header -o requirements-$$group.lock; \
	done

clean:
	rm -rf $(VENV) data/interim experiments/runs experiments/sweeps experiments/jobs build dist
