.PHONY: help demo test generate lint bench build

help: ## this list
	@sed -n 's/^\([a-z]*\): ## /\1	/p' Makefile

demo: ## start a server with a simulated tenant
	@scripts/demo

test: ## pass every check, installing what is missing
	@scripts/test

generate: ## make all generated code anew
	@scripts/generate

lint: ## look at formatting and suspicious code
	@scripts/lint

bench: ## measure a real server against the machine's limit
	@scripts/bench

build: ## build bin/rollcall
	@scripts/build
