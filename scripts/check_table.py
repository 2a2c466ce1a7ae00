"""Entry of rule check_table."""

from mmlmirloc.evaluation.separation import check_table
from mmlmirloc.job import job

with job(snakemake.log[0]):
    spec = snakemake.params.spec
    check_table(
        snakemake.input.features,
        snakemake.input.mirnas,
        snakemake.output.table,
        snakemake.wildcards.annotated,
        spec["kind"],
        spec,
        snakemake.params.locations,
    )
