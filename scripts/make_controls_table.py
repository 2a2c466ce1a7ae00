"""Entry of rule make_controls_table."""

from mmlmirloc.job import job
from mmlmirloc.reporting.controls_table import write_controls

with job(snakemake.log[0]):
    write_controls(
        snakemake.input.shuffled,
        snakemake.input.planted,
        learners_of_sequences=snakemake.params.learners_of_sequences,
        level=snakemake.params.level,
        note=snakemake.params.note,
        output=snakemake.output.table,
        markdown=snakemake.output.markdown,
    )
