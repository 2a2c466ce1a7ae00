"""Entry of rule measure_controls."""

from mmlmirloc.evaluation.controls import measure_controls
from mmlmirloc.job import job

with job(snakemake.log[0]):
    measure_controls(
        snakemake.input.shuffled,
        snakemake.input.planted,
        snakemake.params.comparison,
        snakemake.params.learners_of_sequences,
        snakemake.params.level,
        snakemake.output.table,
    )
