# `make demo` and `make test` set everything up by themselves: Python 3.11 to 3.13 with venv, and make.
SHELL := /bin/sh
.SHELLFLAGS := -ec
VENV := .venv
BIN := $(VENV)/bin
export UV_PYTHON_DOWNLOADS := never
# compiled modules are kept out of the tree: the many processes of a demo or a test start from them
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(abspath $(VENV)/bytecode)
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
# the whole suite uses both cores of a small machine
WORKERS ?= 2

.PHONY: demo test stories sim sim-mutants lint format torture devices-torture bench screenshots previews eye lock clean

demo: $(VENV)/ready
	@$(BIN)/buffr demo $(if $(ORDERS),--orders $(ORDERS)) $(if $(JSON),--json $(JSON))

test: $(VENV)/ready
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -q -m "not long" $(ARGS)

# the whole evenings alone: real processes through an outage, those too that `make test` leaves out
stories: $(VENV)/ready
	@$(BIN)/python -m pytest -q -m story $(ARGS)

# a group with its nodes in virtual time, one seed one run; see docs/simulation.md
sim: $(VENV)/ready
	@$(BIN)/python -m tests.simulation $(if $(SEEDS),--seeds $(SEEDS)) $(if $(FIRST),--first $(FIRST))

sim-mutants: $(VENV)/ready
	@$(BIN)/python -m tests.simulation.mutants

lint: $(VENV)/ready
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

format: $(VENV)/ready
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

# crashes, power cuts and killed processes for ROUNDS rounds; tells the SEED, which brings a failure back
torture: $(VENV)/ready
	@$(BIN)/python -m tests.torture $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SEED),--seed $(SEED))

# tickets through printers that fail at random bytes, and again with a node that is killed
devices-torture: $(VENV)/ready
	@$(BIN)/python -m tests.torture.devices $(if $(TICKETS),--tickets $(TICKETS)) $(if $(SEED),--seed $(SEED))

bench: $(VENV)/ready
	@$(BIN)/python -m tests.benchmarks $(if $(JSON),--json $(JSON))

screenshots: $(VENV)/ready
	@$(BIN)/python -m tests.screenshots docs/pictures

# a PNG of everything that comes out on paper, for people to look at
previews: $(VENV)/ready
	@$(BIN)/python -m edge.printing.samples $(if $(FOLDER),$(FOLDER),.previews)

# has emupos read every template's bytes anew; it wants PYTHON to be 3.13, in an environment of its own
eye: $(VENV)/ready
	@$(PYTHON) -m venv .eye && .eye/bin/python -m pip install -q --disable-pip-version-check emupos==0.4.0
	@$(BIN)/python -m tests.eye .eye/bin/python

# writes requirements.txt anew: versions with hashes, and no registry's address
lock: $(VENV)/ready
	@$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-package django --no-emit-package asgiref --no-emit-package sqlparse \
		--group dev -q -o requirements.txt
	@echo uv | $(BIN)/uv pip compile - --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
		-q -o requirements-uv.txt

clean:
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m buffr.demo.clean; fi
	@rm -rf $(VENV) .eye .demo .bench .previews .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/ready: requirements.txt requirements-uv.txt pyproject.toml
	@if [ -z "$(PYTHON)" ]; then echo "Python 3.11, 3.12 or 3.13 is needed; none was found on the path." >&2; exit 1; fi
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) has no venv. On Debian: apt-get install python3-venv" >&2; exit 1; }
	@free=$$(df -Pk . | awk 'NR==2 {print $$4}'); [ "$$free" -gt 1500000 ] || { \
		echo "Disk full: 1.5 GB are needed here, $$((free / 1024)) MB are free." >&2; exit 1; }
	@[ -x $(BIN)/python ] && $(BIN)/python -c '' 2>/dev/null || { rm -rf $(VENV); $(PYTHON) -m venv $(VENV); }
	@echo "Setting up (once) …" >&2
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-uv.txt 2>/dev/null \
		&& $(BIN)/uv pip install -q --require-hashes --no-deps -r requirements.txt \
		|| $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
