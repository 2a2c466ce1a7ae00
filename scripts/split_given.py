"""Entry of rule split_given."""

from mmlmirloc.data.labelled import split_as_given
from mmlmirloc.job import job

with job(snakemake.log[0]):
    params = snakemake.params
    split_as_given(
        snakemake.input.mirnas,
        snakemake.input.given,
        snakemake.output.train,
        snakemake.output.test,
        params.locations,
        params.repeats,
        params.settings["folds"],
        params.settings["stratified"],
        params.seed,
    )
