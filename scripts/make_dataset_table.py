"""Entry of rule make_dataset_table."""

from mmlmirloc.job import job
from mmlmirloc.reporting.dataset_table import write_dataset_table

with job(snakemake.log[0]):
    write_dataset_table(
        {"train": snakemake.input.train, "test": snakemake.input.test},
        {"train": snakemake.input.paper_train, "test": snakemake.input.paper_test},
        snakemake.input.paper_totals,
        locations=snakemake.params.locations,
        output=snakemake.output.table,
        markdown=snakemake.output.markdown,
        note=snakemake.params.note,
    )
