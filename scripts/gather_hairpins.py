"""Entry of rule gather_hairpins."""

from pathlib import Path

from mmlmirloc.data.redundancy import write_sequences
from mmlmirloc.job import job
from mmlmirloc.pretraining.corpus import gather_hairpins

with job(snakemake.log[0]):
    gather_hairpins(Path(snakemake.input.hairpin), Path(snakemake.output.hairpins))
    write_sequences(Path(snakemake.output.hairpins), Path(snakemake.output.fasta))
