"""Entry of rule join_sequences."""

from pathlib import Path

from mmlmirloc.data.redundancy import write_sequences
from mmlmirloc.data.sequences import join_sequences
from mmlmirloc.job import job

with job(snakemake.log[0]):
    join_sequences(
        Path(snakemake.input.records),
        Path(str(snakemake.input.hairpin)),
        Path(str(snakemake.input.mature)),
        Path(snakemake.output.sequenced),
        Path(snakemake.output.dropped),
        molecule=snakemake.params.molecule,
        prefix=snakemake.params.prefix,
    )
    write_sequences(Path(snakemake.output.sequenced), Path(snakemake.output.fasta))
