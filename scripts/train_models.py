"""Entry of rule train_models."""

from mmlmirloc.job import job
from mmlmirloc.training import Model, train_models

with job(snakemake.log[0]):
    params = snakemake.params
    models = Model.several(params.trained, snakemake.input.views)
    train_models(
        snakemake.input.train,
        snakemake.output.fitted,
        snakemake.output.validation_scores,
        snakemake.output.history,
        snakemake.output.tuning,
        models={one["model"]: model for one, model in zip(params.trained, models, strict=True)},
        repeats={one["model"]: one["repeats"] for one in params.trained},
        locations=params.locations,
        objective=params.objective,
        search_folds=params.search_folds,
        seed=params.seed,
    )
