# make run        set up everything and run a part of the workflow's rows on control data (simulated, no download)
# make run-full   the same with all rows
# make test       run the tests
# make test-cluster  run the tests on a SLURM of two nodes that they start, half an hour (Debian: apt-get install
#                 --no-install-recommends slurm-wlm slurm-client munge; with accounting: slurmdbd mariadb-server-core)
# make test-bad-days  kill runs at any moment, set the clock, take away what is needed, and see that nothing is lost
# make reproduce  run the workflow on the real records (downloads RNALocate, miRBase and RNABERT)
# make check      format and lint
# make lock       renew requirements.lock and envs/python.yaml from pyproject.toml
# make peer-benchmarks  run our rows on published benchmarks, whose tables lie in the folder FROM (OVERLAY: another config file):
#                 results/benchmarks/benchmarks.md
# make settings   renew docs/settings.md from what views and learners declare
# make docs       make a site of README, docs and manual: build/site/index.html
# make publish    copy the tables and figures of the real run to resources/results, for readers who do not run it, write the
#                 pages about them from resources/pages, and copy its model and atlas to the package
# make benchmark  print as ratios what Snakemake costs over the work of the jobs, how each stage grows with the
#                 records, what batching saves, and what a prediction costs (a quarter of an hour on two idle cores; nothing
#                 fails by its time)
# make rulegraph  draw resources/rulegraph.svg anew (needs graphviz)
# make runtime    draw what the jobs of the real run cost: results/figures/runtime.png
# make screenshots  take the pictures of the web page anew (needs chromium)
# make clean      remove the control run's results and what tools left behind; never the real results

SHELL := /bin/bash
export PATH := $(CURDIR)/.venv/bin:$(PATH)
CONDA := $(shell command -v conda >/dev/null 2>&1 && echo --use-conda)

BAR := PYTHONPATH=scripts snakemake --logger bar --quiet host
WORDS := PYTHONPATH=scripts python -m mmlmirloc.reporting.control_words results/control

.PHONY: peer-benchmarks run run-full test test-cluster test-bad-days reproduce check lock settings docs publish benchmark runtime rulegraph screenshots clean setup

setup:
	@scripts/setup.sh

run: setup
	@$(BAR) --configfile config/control.yaml config/quick.yaml
	@$(WORDS)

run-full: setup
	@$(BAR) --configfile config/control.yaml
	@$(WORDS)

# Two halves side by side, since one by itself leaves half of two cores idle: the tests that look at the finished run with
# two long files, and all others, whose words come last. pytest-xdist would build that run in each of its processes. Each -m also leaves
# out what pyproject.toml does.
APART := not cluster and not disturbed
test: setup
	@log=$$(mktemp); pytest -m "not half and $(APART)" >$$log 2>&1 & others=$$!; \
	  pytest -m "half and $(APART)" tests/workflow; half=$$?; \
	  wait $$others; failed=$$?; cat $$log; rm -f $$log; exit $$(( half || failed ))

# The later -m wins over that of pyproject.toml, which leaves these tests out.
test-cluster: setup
	@pytest -m cluster tests/workflow/test_slurm.py

test-bad-days: setup
	@pytest -m disturbed tests/workflow/test_bad_days.py

reproduce: setup
	@$(BAR) $(CONDA)
	@echo "Tables: results/tables/*.md  Figures: results/figures/*.png"

check: setup
	@ruff format --check scripts tests
	@ruff check scripts tests
	@snakefmt --check Snakefile rules
	@snakemake --lint

# Compared by tests/unit/test_lock.py. uv would keep what an old lock says; --upgrade renews it.
COMPILE := uv pip compile pyproject.toml --no-emit-package mmlmirloc --extra slurm --extra web --python-version 3.11 --no-header --no-annotate --quiet

lock: setup
	@. scripts/uv_settings.sh; $(COMPILE) --extra dev --upgrade -o requirements.lock
	@sed -i -e 's/+cpu$$//' -e '1i # Exact versions that this project was run with (CPython 3.11, Linux). Made by '"'make lock'"' from pyproject.toml.' requirements.lock
	@sed -i -e '/- pip:$$/q' envs/python.yaml
	@. scripts/uv_settings.sh; set -o pipefail; $(COMPILE) --constraint requirements.lock | sed -e 's/+cpu$$//' -e 's/^/      - /' >>envs/python.yaml

settings:
	@PYTHONPATH=scripts python -m mmlmirloc.manual

# The pages lie side by side as in the project, so that their links hold in the site too. It loads nothing from elsewhere.
PAGES := README.md CHANGELOG.md CITATION.cff docs config resources/results resources/screenshots resources/rulegraph.svg \
  resources/encoder scripts/mmlmirloc/shipped/sketchmirloc.json profiles/slurm/config.yaml envs
docs: setup
	@rm -rf build/docs build/site && mkdir -p build/docs
	@cp -r --parents $(PAGES) build/docs
	@mkdocs build --quiet --strict
	@echo "The site: build/site/index.html"

# Each benchmark is a labelled table, and a run of its own; only the tables that the page needs are made. The benchmark of
# names is computed beside them, in the time in which a run leaves a core idle.
BENCHMARKS := $(shell tail -n +2 config/peer_benchmarks.tsv | cut -f 1)
peer-benchmarks: setup
	@test -d "$(FROM)" || { echo "FROM=<folder of the published tables> is not given, or no folder" >&2; exit 2; }
	@PYTHONPATH=scripts python -m mmlmirloc.sources.peer_benchmarks config/peer_benchmarks.tsv "$(FROM)" results/benchmarks
	@set -e; export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1; \
	PYTHONPATH=scripts python -m mmlmirloc.evaluation.named_networks "$(FROM)" results/benchmarks/pmislocmf.tsv & names=$$!; \
	trap 'kill $$names 2>/dev/null || true' EXIT; \
	for name in $(BENCHMARKS); do \
	  $(BAR) --configfile config/own_table.yaml config/peer_benchmarks.yaml $(OVERLAY) \
	    --config "sources={labelled: results/benchmarks/$$name.tsv}" "results=results/benchmarks/$$name" \
	      "trust={protocols: [$$(awk -F'\t' -v name=$$name '$$1 == name {print $$10}' config/peer_benchmarks.tsv)]}" \
	      "selected=[$$(awk -F'\t' -v name=$$name '$$1 == name {print $$11}' config/peer_benchmarks.tsv)]" \
	    -- results/benchmarks/$$name/tables/{trust,overlap}.tsv; done; \
	wait $$names
	@set -e; for name in $$(awk -F'\t' 'NR > 1 && $$9 && !$$7 {print $$1}' config/peer_benchmarks.tsv); do \
	  PYTHONPATH=scripts python -m mmlmirloc.evaluation.pooled_f1 results/benchmarks/$$name results/benchmarks/$${name}_f1.tsv; done
	@PYTHONPATH=scripts python -m mmlmirloc.reporting.peer_benchmarks results/benchmarks config/peer_benchmarks.tsv \
	  config/peer_benchmarks_models.tsv resources/benchmarks/published.tsv

runtime: setup
	@snakemake results/figures/runtime.png

publish:
	@mkdir -p resources/results
	@cp results/tables/*.tsv results/tables/*.md results/figures/*.png resources/results/
	@rm resources/results/atlas.tsv
	@cp results/benchmarks/benchmarks.{tsv,md,png} resources/results/ 2>/dev/null || echo "No published benchmarks: make peer-benchmarks"
	@cp results/final/sketchmirloc.safetensors results/final/sketchmirloc.json scripts/mmlmirloc/shipped/
	@PYTHONPATH=scripts python -m mmlmirloc.reporting.published
	@gzip -9nc results/tables/atlas.tsv >scripts/mmlmirloc/shipped/atlas.tsv.gz
	@cp results/atlas/words.npz scripts/mmlmirloc/shipped/atlas_words.npz

benchmark: setup
	@python tests/benchmark/workflow.py
	@python tests/benchmark/scaling.py
	@python tests/benchmark/predicting.py
	@python tests/benchmark/batching.py

# Without the target all, to which everything leads, and without edges that follow from others (tred); words below
# each other, so that the picture is legible at the width of a page.
rulegraph: setup
	@set -o pipefail; snakemake --rulegraph \
	  | sed -e '/label = "all"/d' -e '/-> 0$$/d' -e '/label = /s/_/\\n/g' \
	    -e 's/fontname=sans, *fontsize=10/fontname="Helvetica,Arial,sans-serif", fontsize=16, margin="0.1,0.06"/' \
	    -e 's/penwidth=2, color=grey/penwidth=1.5, color="#777777"/' \
	  | tred | dot -Grankdir=LR -Gnodesep=0.15 -Granksep=0.25 -Tsvg -o resources/rulegraph.svg

screenshots: setup
	@python tests/screenshots.py

clean:
	@rm -rf results/control results/smoke build/docs build/site .pytest_cache .ruff_cache
	@find scripts tests -name __pycache__ -prune -exec rm -rf {} +
