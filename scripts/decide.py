"""Entry of rule decide."""

from mmlmirloc.evaluation.deciding import decide
from mmlmirloc.job import job

with job(snakemake.log[0]):
    decide(
        snakemake.input.validation_scores,
        snakemake.input.scores,
        snakemake.output.probabilities,
        snakemake.output.decisions,
        snakemake.output.rules,
        locations=snakemake.params.locations,
        threshold=snakemake.params.threshold,
        objective=snakemake.params.objective,
        constant=snakemake.params.constant,
    )
