"""Entry of rule plot_dataset."""

from mmlmirloc.job import job
from mmlmirloc.reporting.plotting import plot_dataset

with job(snakemake.log[0]):
    plot_dataset(
        snakemake.params.drawn,
        snakemake.input.rows,
        snakemake.params.locations,
        **snakemake.output,
        note=snakemake.params.note,
    )
