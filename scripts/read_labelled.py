"""Entry of rule read_labelled."""

from pathlib import Path

from mmlmirloc.data.labelled import write_dataset
from mmlmirloc.job import job

with job(snakemake.log[0]):
    write_dataset(
        snakemake.input.table,
        Path(snakemake.output.sequenced),
        Path(snakemake.output.mirnas),
        Path(snakemake.output.given),
        snakemake.params.minimum_count,
        snakemake.params.keep_conflicting,
    )
