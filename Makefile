# make report   everything checked, published libraries too; the report is in out/ (fails where something does not conform)
# make test     linter, type checker, import directions, all tests
# Both install what they need into .venv first, once.

PYTHON := $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: report test lint clean

report: .venv/zoo
	$(BIN)/python -m reports --zoo --output out/

test: lint
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

lint: .venv/installed
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) install -c constraints.txt pip
	$(PIP) install -c constraints.txt '.[report,benchmark,parallel,peers,dev]'
	$(PIP) install -c constraints.txt --no-deps --group bare-peers
	-$(PIP) install -c constraints.txt --group compiled-peers
	touch $@

.venv/zoo: .venv/installed
	-$(PIP) install -c constraints.txt --no-deps --only-binary :all: --group zoo
	-$(PIP) install -c constraints.txt setuptools wheel
	-SAM2_BUILD_CUDA=0 $(PIP) install -c constraints.txt --no-deps --no-build-isolation --group source-zoo
	touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .benchmarks out
