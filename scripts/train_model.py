"""Entry of rule train_model."""

from mmlmirloc.job import job
from mmlmirloc.training import Model, train_model

with job(snakemake.log[0]):
    train_model(
        snakemake.input.train,
        snakemake.output.fitted,
        snakemake.output.validation_scores,
        snakemake.output.history,
        snakemake.output.tuning,
        model=Model.of(snakemake.params.spec, snakemake.input.views),
        locations=snakemake.params.locations,
        objective=snakemake.params.objective,
        seed=snakemake.params.seed,
    )
