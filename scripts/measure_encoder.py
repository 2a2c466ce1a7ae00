"""Entry of rule measure_encoder."""

from pathlib import Path

from mmlmirloc.job import job
from mmlmirloc.pretraining.measure import measure

with job(snakemake.log[0]):
    rnabert = str(snakemake.input.rnabert)
    measure(
        snakemake.input.corpus,
        snakemake.input.model,
        str(Path(rnabert).parent) if rnabert else None,
        snakemake.output.masked,
        masked=snakemake.params.masked,
        seed=snakemake.params.seed,
    )
