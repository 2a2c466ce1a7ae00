"""Entry of rule explain_hairpins."""

from mmlmirloc.job import job
from mmlmirloc.predicting.attributions import explain_hairpins

with job(snakemake.log[0]):
    explain_hairpins(snakemake.input.sequenced, snakemake.params.names, snakemake.input.model, snakemake.output.table)
