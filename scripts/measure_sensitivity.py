"""Entry of rule measure_sensitivity."""

from mmlmirloc.evaluation.sensitivity import Variant, measure_sensitivity
from mmlmirloc.job import job

with job(snakemake.log[0]):
    params = snakemake.params
    measure_sensitivity(
        [
            Variant(scores=scores, test=test, **variant)
            for variant, scores, test in zip(
                params.variants, snakemake.input.scores, snakemake.input.tests, strict=True
            )
        ],
        snakemake.output.table,
        locations=params.locations,
        draws=params.evaluation["draws"],
        level=params.evaluation["level"],
        seed=params.seed,
    )
