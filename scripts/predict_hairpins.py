"""Entry of rule predict_hairpins."""

from mmlmirloc.atlas.hairpins import predict_hairpins
from mmlmirloc.job import job

with job(snakemake.log[0]):
    params = snakemake.params
    predict_hairpins(
        snakemake.wildcards.model,
        params.spec,
        snakemake.input.hairpins,
        snakemake.input.views,
        params.placed,
        snakemake.input.train,
        snakemake.input.fitted,
        snakemake.input.validation_scores,
        params.locations,
        params.threshold,
        params.objective,
        snakemake.output.table,
    )
