"""Entry of rule export_model."""

from mmlmirloc.job import job
from mmlmirloc.predicting.export import export_model

with job(snakemake.log[0]):
    params = snakemake.params
    export_model(
        params.label,
        params.spec,
        snakemake.input.train,
        snakemake.input.fitted,
        snakemake.input.validation_scores,
        snakemake.input.scores,
        params.beside,
        params.locations,
        params.threshold,
        params.objective,
        params.code,
        params.species,
        params.note,
        snakemake.output.model,
        snakemake.output.card,
    )
