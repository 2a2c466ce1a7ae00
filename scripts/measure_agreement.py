"""Entry of rule measure_agreement."""

from mmlmirloc.evaluation.agreement import measure_agreement
from mmlmirloc.job import job

with job(snakemake.log[0]):
    measure_agreement(
        snakemake.input.clusters, snakemake.input.sequenced, snakemake.params.locations, snakemake.output.table
    )
