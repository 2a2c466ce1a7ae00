"""Entry of rule export_model."""

from mmlmirloc.job import job
from mmlmirloc.predicting.export import export_model

with job(snakemake.log[0]):
    params = snakemake.params
    export_model(
        snakemake.wildcards.model,
        params.label,
        params.spec,
        snakemake.input.train,
        snakemake.input.fitted,
        snakemake.input.validation_scores,
        snakemake.input.scores,
        # Empty where no view needs it.
        snakemake.input.index or None,
        params.beside,
        params.constants,
        params.locations,
        params.threshold,
        params.objective,
        params.code,
        params.about,
        snakemake.output.model,
        snakemake.output.card,
    )
