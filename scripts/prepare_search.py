"""Entry of rule prepare_search."""

from mmlmirloc.data.homologs import prepare_search
from mmlmirloc.job import job

with job(snakemake.log[0]):
    prepare_search(
        snakemake.input.sequenced,
        snakemake.input.hairpin,
        snakemake.params.prefix,
        snakemake.output.queries,
        snakemake.output.database,
    )
