"""Entry of rule make_table."""

from mmlmirloc.job import job
from mmlmirloc.reporting.tables import write_comparison

with job(snakemake.log[0]):
    labels = snakemake.params.labels
    write_comparison(
        dict(zip(labels, snakemake.input.metrics)),
        labels,
        snakemake.input.paper,
        caption=snakemake.params.caption,
        output=snakemake.output.table,
        markdown=snakemake.output.markdown,
        note=snakemake.params.note,
    )
