"""Entry of rule make_control_table."""

from mmlmirloc.job import job
from mmlmirloc.reporting.control_table import write_control_table

with job(snakemake.log[0]):
    write_control_table(
        snakemake.input.truth,
        snakemake.input.observed,
        snakemake.input.shuffled,
        label=snakemake.params.label,
        output=snakemake.output.table,
        markdown=snakemake.output.markdown,
    )
