# Each target sets up all that it needs by itself: only Python 3.11+ and make must be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
OUT ?= grc-demo
# Tests and benchmarks start hundreds of processes, and each would compile the engine again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test check faults format kinds docs picture bench lock slow clean

demo: $(READY)  ## run the main job on a simulated AWS account; prints where the report is
	$(BIN)/grc demo $(OUT)

test: $(READY)  ## run the tests
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow and not faults"

slow: $(READY)  ## the long tail: every fault on every operation, kills at every step; GRC_LENGTH=10 generates ten times as much
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m slow --ignore=tests/test_wheel.py

faults: $(READY)  ## break the code on purpose, a fault at a time: the tests must notice each (about 10 minutes)
	$(BIN)/pytest -n 2 -m faults

check: $(READY)  ## format, lint, types, the data and its examples, the built wheel
	$(BIN)/ruff format --check src tests bench
	$(BIN)/ruff check src tests bench
	$(BIN)/mypy
	$(BIN)/grc lint
	$(BIN)/grc test
	$(BIN)/pytest tests/test_wheel.py

format: $(READY)
	$(BIN)/ruff format src tests bench
	$(BIN)/ruff check --fix src tests bench

kinds: $(READY)  ## generate the schemas of the AWS kinds from the pinned botocore
	$(BIN)/python -m grc.collect.aws.kinds

docs: $(READY)  ## generate the pages on AWS and on the command line
	$(BIN)/python -m grc.run.awspages docs/aws
	$(BIN)/pytest -q --update tests/cli/test_reference.py

picture: $(READY)  ## draw the picture of the README anew (needs Chromium)
	rm -rf build/picture
	$(BIN)/grc demo build/picture
	chromium --headless --no-sandbox --hide-scrollbars --window-size=1280,1000 \
	  --screenshot=docs/report.png file://$(CURDIR)/build/picture/report.html

bench: $(READY)  ## measure everything that docs/benchmarks.md states
	$(BIN)/python -m bench

lock:  ## pin every dependency with its hashes (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --extra dev \
	  --custom-compile-command "make lock" --quiet pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) $(OUT) build dist

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "grc needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@
