"""Entry of rule explain_hairpins."""

from pathlib import Path

from mmlmirloc.job import job
from mmlmirloc.predicting.attributions import explain_hairpins

with job(snakemake.log[0]):
    explain_hairpins(
        snakemake.input.sequenced,
        snakemake.params.names,
        snakemake.input.model,
        Path(snakemake.input.hairpin).parent,
        snakemake.output.table,
    )
