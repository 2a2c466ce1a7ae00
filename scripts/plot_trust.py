"""Entry of rule plot_trust."""

from mmlmirloc.job import job
from mmlmirloc.reporting.plotting import plot_trust

with job(snakemake.log[0]):
    plot_trust(
        snakemake.wildcards.trust_figure,
        {name: str(path) for name, path in snakemake.input.items()},
        snakemake.params.options,
        **snakemake.output,
        note=snakemake.params.note,
    )
