"""Entry of rule plot_dataset."""

from mmlmirloc.job import job
from mmlmirloc.reporting.figures import plot_dataset

with job(snakemake.log[0]):
    plot_dataset(
        snakemake.wildcards.dataset_figure.removesuffix("_train").removesuffix("_test"),
        snakemake.input.rows,
        snakemake.params.locations,
        **snakemake.output,
        note=snakemake.params.note,
    )
