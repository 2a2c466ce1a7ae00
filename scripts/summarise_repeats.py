"""Entry of rule summarise_repeats."""

from mmlmirloc.evaluation.repeated import summarise_repeats
from mmlmirloc.job import job

with job(snakemake.log[0]):
    params = snakemake.params
    summarise_repeats(
        zip(params.models, snakemake.input.scores, strict=True),
        params.constants,
        params.era,
        snakemake.input.mirnas,
        snakemake.output.summary,
        locations=params.locations,
        threshold=params.threshold,
        level=params.level,
    )
