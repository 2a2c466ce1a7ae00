"""Entry of rule summarise_scores."""

from mmlmirloc.evaluation.summary import summarise_scores
from mmlmirloc.job import job

with job(snakemake.log[0]):
    summarise_scores(
        snakemake.input.scores,
        snakemake.output.metrics,
        locations=snakemake.params.locations,
        seed=snakemake.params.seed,
        **snakemake.params.settings,
    )
