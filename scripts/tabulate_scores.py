"""Entry of rule tabulate_scores."""

from mmlmirloc.job import job
from mmlmirloc.scores import tabulate_scores

with job(snakemake.log[0]):
    tabulate_scores(
        snakemake.input.scores,
        snakemake.input.test,
        snakemake.params.model,
        snakemake.output.table,
        snakemake.params.locations,
    )
