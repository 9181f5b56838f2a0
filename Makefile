# Two commands do everything: `make demo` and `make test`. Both set up what they need.
SHELL := /bin/bash
PY := .venv/bin/python
# Most tests wait for a device or a platform more than they compute; a file stays on one worker, the longest files come first
# (tests/conftest.py). Those that drive the real window, and those that kill the core, come afterwards: five queues (visitors'
# screens, a hasty kiosk's, staff's, the shell by itself, kills), one after another within each.
PARALLEL := -n 6 --dist loadfile --no-loadscope-reorder
QUEUES := -n 5 --dist loadgroup
# Only the files that stand in a queue: five workers need not read all the others.
QUEUED = $(shell grep -rlE 'pytest\.mark\.(screen|kills)\b' tests --include='*.py')
# Every driver and every worker is a process of its own: without stored byte code each would compile the program anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: voice setup demo test test-all bench chaos soak conformance lint lock docs reference manuals clean

setup:
	@bash .ci/setup

demo: setup
	@rm -f out/demo/report.json
	@.venv/bin/kiosk demo --out out/demo $(DEMO)
	@if [ -f out/demo/report.json ]; then $(PY) tests/checker out/demo/stage --expect out/demo/stage/expect.json; fi

test: setup
	@$(PY) -m pytest -m "not slow and not bench and not screen and not kills" $(PARALLEL) $(ARGS)
	@$(PY) -m pytest -m "(screen or kills) and not slow and not bench" $(QUEUES) $(QUEUED) $(ARGS)

test-all: setup
	@$(PY) -m pytest -m "not bench and not screen and not kills" $(PARALLEL) $(ARGS)
	@$(PY) -m pytest -m "(screen or kills) and not bench" $(QUEUES) $(QUEUED) $(ARGS)

bench: setup
	@$(PY) -m pytest -m bench -s $(ARGS)

# Kills at every boundary of the visit; can be stopped and resumed; leaves a dated report under docs/reports/.
chaos: setup
	@$(PY) -m tests.chaos

# One visitor after another through the real window, e.g. ARGS="--minutes 30"; what grows and what goes wrong. Can be stopped
# (Ctrl-C) and resumed; leaves a dated report under docs/reports/.
soak: setup
	@$(PY) -m tests.soak $(ARGS)

# The conformance kit on every bundled driver; run after a change of a driver: its report beside the manifest is of these very files.
conformance: setup
	@bash .ci/conformance
	@$(PY) docs/generate.py

lint: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check -q .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

# Speaks the sentences that have no recording yet (kiosk/voice/pack); fetches the speech engine into out/voice.
voice: setup
	@.ci/voice

# Renews the pictures that tests/kiosk/shell compares with. Look at what has changed before you commit it.
reference: setup
	@$(PY) -m tests.kiosk.shell.references

# Writes what is generated in docs/ from code and data.
docs: setup
	@$(PY) docs/generate.py

# Renews the pictures of the manuals whose screens have changed. Look at them before you commit them.
manuals: setup
	@$(PY) docs/take_staff_pictures.py $(ARGS)
	@$(PY) docs/draw_setup.py

# Needs uv; run after a change of requirements/*.in.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --override requirements/overrides.in \
	    --no-header --no-annotate -q -o requirements/lock.txt requirements/development.in
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q \
	    -o requirements/voice.txt requirements/voice.in

clean:
	rm -rf out .venv
