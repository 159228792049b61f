# Every target does its own set-up; a second run starts at once.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# What we are measured beside is installed apart from what we ship.
BESIDE := .venv-bench/.ready

.PHONY: demo test check bench soak format pictures clean

demo: $(READY)
	$(BIN)/portal-admin demo

# Without a PostgreSQL the tests that need one say that they were not run.
test: $(READY)
	-@sh packaging/debian_setup.sh database
	QT_QPA_PLATFORM=offscreen $(BIN)/pytest -n 2 --dist loadgroup -q

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY) $(BESIDE)
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m benchmarks

soak: $(READY)
	-@sh packaging/debian_setup.sh database
	QT_QPA_PLATFORM=offscreen $(BIN)/pytest -q -rP -m soak --timeout 3600 tests

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

pictures: $(READY)
	$(BIN)/portal-admin demo --screenshots docs/pictures

$(READY): requirements/dev.txt pyproject.toml packaging/debian_setup.sh
	sh packaging/debian_setup.sh
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -qq -x deploy_lib .venv/lib src
	touch $(READY)

$(BESIDE): requirements/bench.txt
	$(PYTHON) -m venv --clear .venv-bench
	.venv-bench/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/bench.txt
	touch $(BESIDE)

clean:
	rm -rf .venv .venv-bench build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
