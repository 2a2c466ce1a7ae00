"""Entry of rule index_hairpins."""

from mmlmirloc.atlas.words import write_words
from mmlmirloc.job import job

with job(snakemake.log[0]):
    write_words(snakemake.input.hairpins, snakemake.output.words)
