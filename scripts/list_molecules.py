"""Entry of rule list_molecules."""

from mmlmirloc.atlas.molecules import list_molecules
from mmlmirloc.job import job

with job(snakemake.log[0]):
    list_molecules(
        snakemake.input.hairpin,
        snakemake.input.mature,
        snakemake.input.coordinates,
        snakemake.params.prefix,
        snakemake.output.hairpins,
        snakemake.output.arms,
    )
