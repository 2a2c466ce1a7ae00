"""Entry of rule sketch_hairpins."""

from mmlmirloc.data.sketch_index import write_index
from mmlmirloc.job import job

with job(snakemake.log[0]):
    write_index(snakemake.input.hairpin, snakemake.output.sketches, snakemake.params.k, snakemake.params.kept)
