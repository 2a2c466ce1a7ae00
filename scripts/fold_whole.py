"""Entry of rule fold_whole."""

from mmlmirloc.data.splits import fold_whole
from mmlmirloc.job import job

with job(snakemake.log[0]):
    params = snakemake.params
    fold_whole(snakemake.input.mirnas, snakemake.output.train, params.locations, params.folds, params.seed)
