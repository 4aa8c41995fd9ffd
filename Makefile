# What one can do here. `make` alone prints the list; everything sets itself up.

PYTHON ?= python3
PORT ?= 8000
PROVIDER ?= $(or $(PAYMENT_PROVIDER),stripe)
SECONDS ?= 60
ATTEMPTS ?= 10000
JOBS ?= 1
SEED ?= $(shell date +%s)
T ?=
B ?=

RUN := .venv/bin/python
PYTEST := $(RUN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help demo dev test check ci bench crash mutants chaos races lock

help:
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name words; do printf '  make %-9s %s\n' "$$name" "$$words"; done

demo: .venv/.for-demo ## Start everything on this machine with a sample world (PORT=8123, ONCE=1, PROVIDER=toss)
	@PAYMENT_PROVIDER=$(PROVIDER) $(RUN) -m local.demo --port $(PORT) $(if $(ONCE),--once)

dev: .venv/.for-demo ## The same, reloading when the code changes
	@PAYMENT_PROVIDER=$(PROVIDER) $(RUN) -m local.demo --port $(PORT) --dev

test: .venv/.for-test ## Run the tests, browser included (T=path for a part)
	@if browser=$$($(RUN) -m local.browser); then \
		CHROMIUM="$$browser" $(PYTEST) $(T); \
	elif [ "$$CI" = true ]; then \
		echo "CI needs a browser."; exit 1; \
	else \
		echo "These tests need a browser and are left out:"; \
		$(RUN) -m pytest --collect-only -q -m browser $(T) | grep :: || true; \
		$(PYTEST) -m "not browser" $(T); \
	fi

check: .venv/.for-test ## Linters, types and the laws of imports
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy local portal workers wsgi.py
	@.venv/bin/lint-imports

ci: check test ## What must be green before anybody else sees it

# pretix is installed only for whom asks for it: it takes ten minutes.
BESIDE := $(if $(filter pretix,$(B)),.venv-pretix/.ready) $(if $(filter-out pretix,$(or $(B),all)),.venv-bench/.ready)

bench: .venv/.for-test $(BESIDE) ## Measure, against others in the same run (B=sagas for a part)
	@$(RUN) -m benchmarks $(B)

crash: .venv/.for-test ## Kill a worker at every line of every saga
	@$(RUN) -m tests.crash.matrix

mutants: .venv/.for-test ## Plant each bug and see its test fail (JOBS=2)
	@$(RUN) -m tests.mutants --jobs $(JOBS)

chaos: .venv/.for-test ## Random faults for a while (SECONDS=60 SEED=7)
	@$(RUN) -m tests.chaos --seconds $(SECONDS) --seed $(SEED)

races: .venv/.for-test ## Everybody wants everything at once, then the books are read (ATTEMPTS=10000 SEED=7)
	@$(RUN) -m tests.races --attempts $(ATTEMPTS) --seed $(SEED)

lock: .venv/.for-test ## Pin the requirements anew
	@for name in requirements requirements-local requirements-saml requirements-dev benchmarks/requirements \
		benchmarks/pretix/requirements local/idp/requirements tests/support/pysaml/requirements; do \
		.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--custom-compile-command "make lock" $$name.in -o $$name.txt || exit 1; \
	done

# Set-up. The stamps are newer than the requirements they have seen, so a second run has nothing to do.

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed; name yours: make PYTHON=python3.12"; exit 1; }
	@echo "Making .venv …"
	@$(PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo "No virtual environment could be made. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

.venv/.for-demo: requirements.txt requirements-local.txt | .venv/bin/python
	@$(RUN) local/install.py requirements.txt requirements-local.txt
	@touch $@

.venv/.for-test: requirements-dev.txt .venv/.for-demo
	@$(RUN) local/install.py requirements-dev.txt
	@touch $@

.venv-bench/.ready: requirements.txt benchmarks/requirements.txt | .venv/bin/python
	@echo "Making .venv-bench for those we measure against …"
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python local/install.py requirements.txt benchmarks/requirements.txt
	@touch $@

.venv-pretix/.ready: benchmarks/pretix/requirements.txt | .venv/.for-demo
	@echo "Making .venv-pretix, with pretix, which stays there …"
	@$(PYTHON) -m venv .venv-pretix
	@.venv-pretix/bin/python local/install.py benchmarks/pretix/requirements.txt
	@$(RUN) -m benchmarks.pretix.installed
	@touch $@
