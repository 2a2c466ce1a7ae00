"""Entry of rule measure_hindsight."""

from mmlmirloc.evaluation.hindsight import measure_hindsight
from mmlmirloc.job import job

with job(snakemake.log[0]):
    measure_hindsight(
        snakemake.input.scores,
        snakemake.input.tests,
        snakemake.params.model,
        snakemake.output.table,
        locations=snakemake.params.locations,
        fixed=snakemake.params.threshold,
    )
