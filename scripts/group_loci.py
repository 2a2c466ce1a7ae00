"""Entry of rule group_loci."""

from mmlmirloc.data.loci import group_loci
from mmlmirloc.job import job

with job(snakemake.log[0]):
    group_loci(
        snakemake.input.groups,
        snakemake.input.coordinates,
        snakemake.params.distance,
        snakemake.output.loci,
        snakemake.params.prefix,
    )
