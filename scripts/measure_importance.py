"""Entry of rule measure_importance."""

from mmlmirloc.evaluation.importance import permutation_importance
from mmlmirloc.job import job
from mmlmirloc.training import Model

with job(snakemake.log[0]):
    params = snakemake.params
    permutation_importance(
        snakemake.input.tests,
        snakemake.input.trains,
        snakemake.input.fitted,
        params.model,
        Model.of(params.spec, snakemake.input.views),
        params.locations,
        params.repeats,
        params.level,
        params.seed,
        snakemake.output.table,
    )
