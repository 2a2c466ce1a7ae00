"""Entry of rule group_homologs."""

from pathlib import Path

from mmlmirloc.data.groups import group_homologs
from mmlmirloc.job import job

with job(snakemake.log[0]):
    group_homologs(Path(snakemake.input.mirnas), Path(snakemake.input.mature), Path(snakemake.output.groups))
