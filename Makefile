BIN := .venv/bin
OUTPUTS ?= outputs

.PHONY: bench ingest test check score bench-link bench-audit bench-scale fuzz torture lock docs clean setup setup-test

ingest: setup  ## the main job on the samples: datasets in outputs/, a summary, one record with its source
	$(BIN)/truynguon ingest samples/documents --outputs $(OUTPUTS)
	$(BIN)/truynguon trace --outputs $(OUTPUTS)

test: setup-test check  ## everything that must hold
	$(BIN)/pytest -q -n 2 --dist loadfile

check: setup  ## style, types, imports that go one way, licences
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m scripts.licences

fuzz: setup-test  ## readers and normalisers on what nobody thought of, for long
	$(BIN)/pytest -q tests/test_fuzz.py --hypothesis-profile fuzz -n 2

torture: setup-test  ## ingestion killed, watched and fed with hostile files; prints figures, takes minutes
	$(BIN)/python -m tests.torture

score: setup  ## what comes out, held against the gold
	$(BIN)/python -m benchmarks.score

bench-link: setup  ## how long linking takes with 100 000 tasks and 1 000 000 metrics
	$(BIN)/python -m benchmarks.link_scale $(OUTPUTS)/_bench_link

bench-scale: setup  ## what a page costs in an archive of 10 000 documents, and how much memory; more than an hour
	$(BIN)/python -m benchmarks.ingest_scale $(OUTPUTS)/_bench_scale --write

bench-audit: setup  ## how fast the audit application answers, against its limits
	$(BIN)/python -m benchmarks.audit_speed $(OUTPUTS)/_bench_audit

docs: setup  ## docs/datasets.md from the schemas
	$(BIN)/python scripts/describe_datasets.py

bench: setup  ## how fast, against the limits of the libraries below and against others; about 20 minutes, BENCH=--short to try
	python3 -m venv .venv-bench && .venv-bench/bin/pip install -q --disable-pip-version-check -r requirements-bench.txt
	$(BIN)/python -m benchmarks.speed --write $(BENCH)

lock:  ## requirements*.txt from what is installed in .venv
	$(BIN)/python scripts/lock.py

clean:  ## everything that make made
	rm -rf .venv outputs *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup:
	@scripts/setup.sh

setup-test:
	@scripts/setup.sh test
