"""Entry of rule make_repeats_table."""

from mmlmirloc.job import job
from mmlmirloc.reporting.repeats_table import write_repeats

with job(snakemake.log[0]):
    write_repeats(
        dict(zip(snakemake.params.splits, snakemake.input.summaries, strict=True)),
        snakemake.params.labels,
        snakemake.input.paper,
        snakemake.output.table,
    )
