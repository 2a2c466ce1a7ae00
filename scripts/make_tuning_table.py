"""Entry of rule make_tuning_table."""

from mmlmirloc.job import job
from mmlmirloc.reporting.tuning_table import write_tuning_table

with job(snakemake.log[0]):
    labels = snakemake.params.labels
    write_tuning_table(
        dict(zip(labels, snakemake.input.tunings, strict=True)),
        labels,
        note=snakemake.params.note,
        output=snakemake.output.table,
        markdown=snakemake.output.markdown,
    )
