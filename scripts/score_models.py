"""Entry of rule score_models."""

from mmlmirloc.job import job
from mmlmirloc.scoring import Trained, score_models
from mmlmirloc.training import Model

with job(snakemake.log[0]):
    views = iter(snakemake.input.views)
    score_models(
        [
            Trained(
                one["model"],
                Model.of(one["spec"], [next(views) for _ in one["spec"]["views"]]),
                one["repeats"],
                test,
                fitted,
            )
            for one, test, fitted in zip(
                snakemake.params.trained, snakemake.input.tests, snakemake.input.fitted, strict=True
            )
        ],
        snakemake.output.scores,
        locations=snakemake.params.locations,
    )
