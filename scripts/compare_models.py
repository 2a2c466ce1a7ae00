"""Entry of rule compare_models."""

from mmlmirloc.evaluation.trust import Model, compare_models
from mmlmirloc.job import job

with job(snakemake.log[0]):
    params, evaluation = snakemake.params, snakemake.params.evaluation
    compare_models(
        {
            model: Model(label, model in params.constants, probabilities, decisions)
            for (model, label), probabilities, decisions in zip(
                params.labels.items(), snakemake.input.probabilities, snakemake.input.decisions, strict=True
            )
        },
        snakemake.input.mirnas,
        snakemake.input.groups,
        **snakemake.output,
        locations=params.locations,
        references=params.trust["references"],
        implication=params.trust["implication"],
        draws=evaluation["draws"],
        level=evaluation["level"],
        seed=params.seed,
    )
