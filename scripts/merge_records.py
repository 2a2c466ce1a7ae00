"""Entry of rule merge_records."""

from pathlib import Path

from mmlmirloc.data.records import merge_records
from mmlmirloc.job import job

with job(snakemake.log[0]):
    merge_records(
        Path(snakemake.input.rnalocate),
        Path(snakemake.output.records),
        Path(snakemake.output.dropped),
        species=snakemake.params.species,
        rna_category=snakemake.params.rna_category,
        synonyms=snakemake.params.synonyms,
    )
