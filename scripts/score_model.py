"""Entry of rule score_model."""

from mmlmirloc.job import job
from mmlmirloc.training import Model, score_model

with job(snakemake.log[0]):
    score_model(
        snakemake.input.test,
        snakemake.input.fitted,
        snakemake.output.scores,
        model=Model.of(snakemake.params.spec, snakemake.input.views),
        locations=snakemake.params.locations,
        repeats=snakemake.params.repeats,
    )
