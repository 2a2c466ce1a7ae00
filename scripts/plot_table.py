"""Entry of rule plot_table."""

from mmlmirloc.job import job
from mmlmirloc.reporting.plotting import plot_table

with job(snakemake.log[0]):
    plot_table(snakemake.input.table, **snakemake.output, note=snakemake.params.note)
