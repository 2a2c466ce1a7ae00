"""Entry of rule plot_runtime."""

from mmlmirloc.job import job
from mmlmirloc.reporting.runtime import plot_runtime

with job(snakemake.log[0]):
    plot_runtime(snakemake.input.benchmarks, snakemake.params.folder, **snakemake.output, note=snakemake.params.note)
