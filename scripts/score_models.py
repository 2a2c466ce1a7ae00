"""Entry of rule score_models."""

from mmlmirloc.job import job
from mmlmirloc.scoring import Trained, score_models
from mmlmirloc.training import Model

with job(snakemake.log[0]):
    runs, files = snakemake.params.trained, snakemake.input
    models = Model.several(runs, files.views)
    score_models(
        [
            Trained(one["model"], model, one["repeats"], test, fitted)
            for one, model, test, fitted in zip(runs, models, files.tests, files.fitted, strict=True)
        ],
        snakemake.output.scores,
        locations=snakemake.params.locations,
    )
