# `make demo` and `make test` do all the set-up by themselves, in .venv beside this file.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PAGE := ground_station/web
PAGE_SOURCES := $(shell find $(PAGE) -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
DEMO_FLAGS ?=
BENCH_FLAGS ?=
TEST_FLAGS ?=

.PHONY: demo test bench bench-missions bench-onboard check lint types page lock clean

demo: $(VENV)/ready $(PAGE)/dist/index.html
	$(BIN)/qyran demo $(DEMO_FLAGS)

test: $(VENV)/ready $(PAGE)/dist/index.html
	$(BIN)/python -m pytest $(TEST_FLAGS)

# Prints what things cost; BENCH_FLAGS=--all runs the demo too, which takes minutes.
bench: $(VENV)/ready
	$(BIN)/python -m benchmarks $(BENCH_FLAGS)

# Planning's whole table of goals, in an hour or two; BENCH_FLAGS="--px4 PATH" beside a PX4 build,
# --quick in half an hour, --resume after it was interrupted.
bench-missions: $(VENV)/ready
	$(BIN)/python -m benchmarks.missions $(BENCH_FLAGS)

# Everything onboard beside its goals and anchors, in an hour or so.
bench-onboard: $(VENV)/ready
	$(BIN)/python -m benchmarks onboard_detection onboard_tracking onboard_counting \
	  onboard_geolocation onboard_rules onboard_link onboard_latency onboard_resources $(BENCH_FLAGS)

check: lint types test

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/ready
	$(BIN)/mypy

page: $(PAGE)/dist/index.html

# Where the machine has no screen libraries, the same OpenCV without windows takes their place.
$(VENV)/ready: requirements/test.lock requirements/headless.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "make: $(PYTHON) is older than 3.11; name another: make PYTHON=python3.11"; exit 2; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
	  || { echo "make: Python's venv module is missing (Debian, Ubuntu: apt install python3-venv)"; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -c 'import cv2' 2>/dev/null \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps --require-hashes -r requirements/headless.lock
	@echo "make: compiling the simulated fleet's flight core, once (half a minute)"
	$(BIN)/python -m sim.vehicle.core
	@echo "make: compiling the planners' kernels, once (two minutes)"
	$(BIN)/python -m missions.compile
	touch $@

# Node comes from a wheel, so that none need be installed.
$(PAGE)/dist/index.html: $(VENV)/ready $(PAGE_SOURCES)
	$(BIN)/python requirements/build_page.py $(PAGE)

# Renews the locked versions; the result is committed.
lock:
	$(PYTHON) -m venv build/lock && build/lock/bin/pip install --quiet pip-tools
	build/lock/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links \
	  --extra test --extra page --extra px4 --extra dronekit --extra voice --output-file requirements/test.lock pyproject.toml
	build/lock/bin/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --output-file requirements/headless.lock requirements/headless.in

clean:
	rm -rf $(VENV) $(PAGE)/dist $(PAGE)/node_modules build
