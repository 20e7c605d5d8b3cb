# Cartwheel's commands; `make` alone lists them. Each may be typed again at any time and does only what is missing.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

LISTEN ?= 127.0.0.1:8000
DATA ?= cartwheel-data
CYCLES ?= 300
ARGS ?=
# Compilers at once. One for each core and one more, fewer where memory is short.
JOBS ?= $(shell scripts/jobs)

run: build ## serve http://127.0.0.1:8000 with the sample catalogue (LISTEN=, DATA=, ARGS= as `serve` takes them)
	@exec build/release/cartwheel serve --sample --listen $(LISTEN) --data $(DATA) $(ARGS)

build: install-build build/release/build.ninja ## the binary: build/release/cartwheel (JOBS= compilers at once)
	@cmake --build --preset release --target cartwheel -j $(JOBS)

test: install-test install-browser install-cluster install-kafka test-unit test-concurrent test-system test-browser test-cql test-kafka ## everything that has to pass, but test-cluster

test-unit: build/dev/build.ninja ## all tests and the rules about the sources, with the address and undefined-behaviour sanitizers
	@cmake --build --preset dev -j $(JOBS)
	@ctest --preset dev -j $(JOBS)

test-concurrent: build/tsan/build.ninja ## the tests with several threads, with the thread sanitizer
	@cmake --build --preset tsan --target concurrent_tests -j $(JOBS)
	@ctest --preset tsan -j $(JOBS)

test-system: build ## the released binary as its users meet it: HTTP, commands, crashes (tests/system)
	@ctest --preset release -L system

test-browser: install-browser build ## the pages in a real browser, against the released binary (web/tests; ARGS= as web/tests/run takes them)
	@web/tests/run $(ARGS)

photos: install-browser build ## take the documentation's pictures of the pages anew
	@CARTWHEEL_PHOTOS=$(CURDIR)/docs/images web/tests/run

test-cql: install-test install-cluster install-kafka build build/dev/build.ninja ## the tests that need a database: on one Cassandra node, started for them
	@cmake --build --preset dev -j $(JOBS)
	@for tests in dev release; do \
	  scripts/cassandra run --heap 2G -- ctest --test-dir build/$$tests -L '^cql$$' --output-on-failure; done

test-kafka: install-test install-kafka build/dev/build.ninja ## the tests that need a Kafka: on a broker that they start
	@cmake --build --preset dev --target cartwheel -j $(JOBS)
	@ctest --test-dir build/dev -L '^kafka$$' --output-on-failure

test-cluster: install-test install-cluster build ## three Cassandra nodes, and what happens when they fail (tests/cluster; ARGS= as pytest takes them)
	@cd tests/cluster && CARTWHEEL_BIN=$(CURDIR)/build/release/cartwheel /usr/bin/python3 -B -m pytest -q $(ARGS)

kill-test: install-test build ## kill -9 under load, restart, check every acknowledged write and every follower, CYCLES=300 times each
	@cd tests/system && CARTWHEEL_CRASH_CYCLES=$(CYCLES) CARTWHEEL_CHANGES_CRASH_CYCLES=$(CYCLES) \
	  /usr/bin/python3 -m pytest -p no:cacheprovider test_crash.py test_changes_crash.py $(ARGS)

test-long: kill-test test-cluster ## what takes longer than `make test` may

check: install-test install-check build/dev/build.ninja ## quick, before a commit: formatting, and the rules about the sources
	@scripts/sources | xargs clang-format-19 --dry-run --Werror
	@cmake --build --preset dev --target tidy_test -j $(JOBS)
	@build/dev/tests/tidy/tidy_test --gtest_brief=1

fmt: install-check ## format the sources
	@scripts/sources | xargs clang-format-19 -i

tidy: install-test install-check build/dev/build.ninja ## clang-tidy over all sources, or over FILES="src/cartwheel/base/money.cpp ..."
	@scripts/tidy $(FILES)

bench: install-bench build ## measure against nginx and Redis; writes docs/benchmarks.md (ARGS= as bench/run.py takes them)
	@python3 bench/run.py $(ARGS)

bench-cluster: install-bench install-cluster build ## measure on a Cassandra node; writes docs/benchmarks.md (ARGS= as bench/cluster.py takes them)
	@python3 bench/cluster.py $(ARGS)

bench-pages: install-browser build ## how long the pages take to load in a browser
	@web/tests/run --loading

install: ## the packages for all of this, from Debian, with sudo when not root
	@scripts/install all

install-%:
	@scripts/install $*

# A build folder is configured once, and again when its preset changed; CMake's own files it watches itself.
build/%/build.ninja: CMakePresets.json
	@cmake --preset $*
	@touch $@

clean: ## remove what was built; the data folder stays
	@rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: run build test test-unit test-concurrent test-system test-browser photos test-cql test-kafka test-cluster test-long kill-test check fmt tidy bench bench-cluster bench-pages install clean help
