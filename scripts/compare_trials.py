"""Entry of rule compare_trials."""

from mmlmirloc.evaluation.trying import compare_trials
from mmlmirloc.job import job

with job(snakemake.log[0]):
    params = snakemake.params
    compare_trials(
        snakemake.input.scores,
        snakemake.input.test,
        snakemake.output.metrics,
        models=params.models,
        constants=params.constants,
        era=params.era,
        locations=params.locations,
        seed=params.seed,
        **params.settings,
    )
