"""Entry of rule make_encoder_table."""

from mmlmirloc.job import job
from mmlmirloc.reporting.encoder_table import write_encoder_table

with job(snakemake.log[0]):
    params = snakemake.params
    write_encoder_table(
        snakemake.input.masked,
        snakemake.input.corpus,
        snakemake.input.model,
        settings=params.settings,
        masked=params.masked,
        draws=params.draws,
        level=params.level,
        seed=params.seed,
        note=params.note,
        output=snakemake.output.table,
        markdown=snakemake.output.markdown,
    )
