"""Entry of rule pretrain_encoder."""

from mmlmirloc.job import job
from mmlmirloc.pretraining.fit import pretrain

with job(snakemake.log[0]):
    pretrain(
        snakemake.input.corpus,
        snakemake.output.model,
        snakemake.output.history,
        sizes=snakemake.params.sizes,
        settings=snakemake.params.training,
        seed=snakemake.params.seed,
    )
