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
        repeats=snakemake.params.repeats,
        objective=snakemake.params.objective,
        search_folds=snakemake.params.search_folds,
        seed=snakemake.params.seed,
    )
