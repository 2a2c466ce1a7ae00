"""MMLmiRLoc: where in the cell human microRNAs are found, from the databases to every table and figure.

sources -> dataset -> splits -> views -> models -> scores -> judgements -> tables, figures

Targets: `snakemake` makes all; `snakemake results/tables/<table>.tsv` and `results/figures/<figure>.png` one.
"""

import shlex
import sys
from pathlib import Path

from snakemake.utils import min_version

min_version("9.0")

# Snakemake starts scripts with its own interpreter, whose path it puts into a shell command as it is: a space, a
# bracket, & or ' in it would be the shell's.
sys.executable = shlex.quote(sys.executable)


# The project's folder, also where another workflow takes this one for a module.
ROOT = Path(workflow.current_basedir.get_path_or_uri(secret_free=True))


configfile: f"{ROOT}/config/config.yaml"
configfile: f"{ROOT}/config/views.yaml"
configfile: f"{ROOT}/config/tables.yaml"


report: "rules/report/workflow.rst"


include: "rules/common.smk"
include: "rules/inputs.smk"
include: "rules/runs.smk"
include: "rules/sources.smk"
include: "rules/dataset.smk"
include: "rules/encoder.smk"
include: "rules/splits.smk"
include: "rules/labelled.smk"
include: "rules/homologs.smk"
include: "rules/views.smk"
include: "rules/models.smk"
include: "rules/judging.smk"
include: "rules/final.smk"
include: "rules/atlas.smk"
include: "rules/pages.smk"
include: "rules/reporting.smk"
include: "rules/runtime.smk"
include: "rules/closing.smk"


rule all:
    """Every table and figure."""
    default_target: True
    input:
        TABLE_FILES,
        FIGURE_FILES,
        FINAL_FILES,
