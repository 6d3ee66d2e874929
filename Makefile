# Two commands do all set-up themselves: `make run` and `make test`.
# CONFIG=release builds `make run` optimised.
CONFIG ?= debug
# Tests that compute, by target. They hold Swift's few threads for seconds, so they have a run of their own:
# beside them an emulated printer, a server or a lock would wait, and every program under test would meet its time limits.
COMPUTING := DeviceProfilesTests|DeviceSocketTests|ESCPOSTests|KioskCoreTests|PaperTemplatesTests|PrinterSessionTests
COMPUTING := $(COMPUTING)|ReceiptMarkupTests|ScanCodesTests|SiteBundleTests|SmartCardTests|StrictYAMLTests|SyncProtocolTests|TicketRasterTests|TidyTests
# How many tests with real parts run at once.
WIDTH ?= 8
SHELL := /bin/bash

.PHONY: run test build pictures fuzz

build:
	@./setup.sh run
	@echo "building anjungan ($(CONFIG))"
	@swift build -c $(CONFIG)

run: build
	@exec .build/$(CONFIG)/anjungan demo

test:
	@./setup.sh test
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks
	swift build --build-tests
	swift test --skip-build --filter '^($(COMPUTING))\.'
	swift test --skip-build --skip '^($(COMPUTING))\.' --experimental-maximum-parallelization-width $(WIDTH)
	Tests/Fuzz/run.sh

# What reads bytes from outside, against random bytes; FUZZ_SECONDS=60 make fuzz for longer.
fuzz:
	Tests/Fuzz/run.sh

# The pictures of README.md, made anew.
pictures:
	@./setup.sh test
	swift build
	.build/venv/bin/python -B Tests/Browser/pictures.py --program .build/debug/anjungan --out Tests/Browser/pictures
