"""Entry of rule group_labelled."""

from pathlib import Path

from mmlmirloc.data.labelled import group_rows
from mmlmirloc.job import job

with job(snakemake.log[0]):
    group_rows(snakemake.input.mirnas, snakemake.input.given, Path(snakemake.output.groups))
