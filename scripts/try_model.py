"""Entry of rule try_model."""

from mmlmirloc.evaluation.trying import try_model
from mmlmirloc.job import job
from mmlmirloc.scoring import Trained
from mmlmirloc.training import Model

with job(snakemake.log[0]):
    params = snakemake.params
    model = Model.of(params.spec, snakemake.input.views)
    try_model(
        Trained(snakemake.wildcards.model, model, params.repeats, snakemake.input.test, snakemake.input.fitted),
        snakemake.output.scores,
        snakemake.output.metrics,
        locations=params.locations,
        seed=params.seed,
        **params.settings,
    )
