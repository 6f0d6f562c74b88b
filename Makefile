# Shortcuts; every target is one command that also works by itself.
.DEFAULT_GOAL := help
.PHONY: help setup test lint format acceptance proof upgrade bench clean

VENV := bash -c '. scripts/setup_venv.sh && setup_venv dev && exec "$$PYTHON" -m "$$@"' make

help: ## show this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: ## make .venv with everything in it
	@bash -c '. scripts/setup_venv.sh && setup_venv dev'

test: ## lint and test this project itself
	@bash scripts/test.sh

lint: ## check style and likely bugs
	@$(VENV) ruff check .
	@$(VENV) ruff format --check .

format: ## format the code and mend what can be mended
	@$(VENV) ruff check --fix .
	@$(VENV) ruff format .

acceptance: ## run the acceptance suite (ARGS="--help" for its options)
	@bash scripts/run_kafka_integration_tests.sh $(ARGS)

proof: ## show that the suite can turn red (ARGS=--quick: one broken consumer for each promise)
	@bash scripts/proof.sh $(ARGS)

upgrade: ## lock the newest versions of all dependencies
	@bash -c '. scripts/setup_venv.sh && setup_venv dev && "$$PYTHON" scripts/lock.py --upgrade'

bench: ## measure (BENCH=broker_start names the file in bench/)
	@$(VENV) bench.$(or $(BENCH),broker_start) $(ARGS)

clean: ## remove what runs left behind (not .venv)
	@rm -rf .pytest_cache .ruff_cache .hypothesis reports/*
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
