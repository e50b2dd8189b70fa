# Both commands install what is missing: `make demo`, `make test`.
.PHONY: setup build demo test lint format bench soak fuzz mutants sanitize docs clean

RELEASE = -c release --scratch-path .build-release --static-swift-stdlib \
	-Xswiftc -use-ld=lld -Xlinker --gc-sections -Xlinker -s
export RELEASE

setup:
	@Scripts/setup

build: setup
	swift build $(RELEASE) --product hogsend
	@echo "built .build-release/release/hogsend"

demo: setup
	@Scripts/demo

test:
	@Scripts/setup test
	@Scripts/test

lint:
	swift format lint --strict --recursive --parallel Sources Tests Examples Package.swift

format:
	swift format format --in-place --recursive --parallel Sources Tests Examples Package.swift

bench:
	@Scripts/setup test
	@Scripts/bench
	@Scripts/bench-receive

DELIVERIES ?= 100000
soak: build
	@python3 Tests/Peers/deliveries/soak.py .build-release/release/hogsend --count $(DELIVERIES)

SECONDS ?= 60
fuzz: setup
	@Scripts/fuzz $(SECONDS)

mutants: setup
	@Scripts/mutants

sanitize: setup
	@Scripts/sanitize

docs: setup
	@Scripts/docs

clean:
	rm -rf .build .build-*
