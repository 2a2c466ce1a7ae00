"""Entry of rule measure_outside."""

from mmlmirloc.evaluation.outside import Asked, measure_outside
from mmlmirloc.job import job

with job(snakemake.log[0]):
    inputs = snakemake.input
    measure_outside(
        inputs.probabilities,
        inputs.mirnas,
        inputs.vesicles,
        {name: inputs[name] for name in ("hairpin", "mature", "coordinates")},
        snakemake.params.prefix,
        Asked(**snakemake.params.asked),
        snakemake.output.table,
        snakemake.params.draws,
        snakemake.params.level,
        snakemake.params.seed,
    )
