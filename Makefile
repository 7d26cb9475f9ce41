# `make help` says what there is. Everything is done by tools/run, which needs Python 3.11 or newer and nothing else.
.PHONY: help run test lint bench lock clean
.DEFAULT_GOAL := help

help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1 \t/p' $(MAKEFILE_LIST) | expand -t 16
	@echo
	@echo "  PORT=8001 make run     listen on another port"
	@echo "  ARGS='tests/soc -k scope' make test"

run: ## install what is missing, start everything here, print the address and the accounts
	@exec tools/run run

test: ## install what the tests need, run them all
	@exec tools/run test $(ARGS)

lint: ## check style, types and the arrows between the apps
	@exec tools/run lint

bench: ## measure, print a table, write bench/results.json (ARGS=--short for the short form)
	@exec tools/run bench $(ARGS)

lock: ## write the lock files anew from pyproject.toml
	@PATH="$$PWD/.venv/bin:$$PATH" exec tools/lock.sh

clean: ## remove environments and builds; var/ (data, accounts, secrets) stays
	rm -rf .venv .venvs frontend/node_modules frontend/dist
