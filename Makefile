# make run        set up everything and run the workflow on the shipped control data (simulated, no download)
# make test       run the tests
# make reproduce  run the workflow on the real records (downloads RNALocate, miRBase and RNABERT)
# make check      format and lint
# make lock       renew requirements.lock from pyproject.toml
# make clean      remove the control run's results

SHELL := /bin/bash
export PATH := $(CURDIR)/.venv/bin:$(PATH)
CONDA := $(shell command -v conda >/dev/null 2>&1 && echo --use-conda)

.PHONY: run test reproduce check lock clean setup

setup:
	@scripts/setup.sh

run: setup
	@set -o pipefail; snakemake --configfile=config/control.yaml --quiet rules host reason 2>&1 \
	  | sed -u -e '/^Select jobs/d' -e '/^Execute [0-9]* job/d'
	@echo
	@cat results/control/tables/control.md
	@echo "Control data (simulated) only. Tables: results/control/tables/*.md  Figures: results/control/figures/*.png"
	@echo "The real records: make reproduce"

test: setup
	@pytest

reproduce: setup
	@snakemake --cores all $(CONDA)
	@echo "Tables: results/tables/*.md  Figures: results/figures/*.png"

check: setup
	@ruff format --check scripts tests
	@ruff check scripts tests
	@snakefmt --check Snakefile rules
	@snakemake --lint

lock: setup
	@uv pip compile pyproject.toml --extra dev --extra slurm --python-version 3.11 --no-header --no-annotate --quiet -o requirements.lock
	@sed -i -e 's/+cpu$$//' -e '1i # Exact versions that this project was run with (CPython 3.11, Linux). Made by '"'make lock'"' from pyproject.toml.' requirements.lock

clean:
	@rm -rf results/control
