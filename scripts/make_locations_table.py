"""Entry of rule make_locations_table."""

from mmlmirloc.job import job
from mmlmirloc.reporting.locations_table import write_locations_table

with job(snakemake.log[0]):
    write_locations_table(
        snakemake.input.metrics,
        snakemake.input.test,
        snakemake.input.paper,
        locations=snakemake.params.locations,
        label=snakemake.params.label,
        note=snakemake.params.note,
        output=snakemake.output.table,
        markdown=snakemake.output.markdown,
    )
