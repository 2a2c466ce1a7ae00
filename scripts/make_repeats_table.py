"""Entry of rule make_repeats_table."""

from mmlmirloc.job import job
from mmlmirloc.reporting.repeats_table import write_repeats

with job(snakemake.log[0]):
    params = snakemake.params
    write_repeats(
        dict(zip(params.splits, snakemake.input.summaries, strict=True)),
        params.comparison,
        params.labels,
        snakemake.input.paper,
        snakemake.output.table,
    )
