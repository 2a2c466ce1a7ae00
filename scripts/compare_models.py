"""Entry of rule compare_models."""

from mmlmirloc.evaluation.trust import Model, compare_models
from mmlmirloc.job import job

with job(snakemake.log[0]):
    params = snakemake.params
    compare_models(
        {
            model: Model(label, model in params.constants, probabilities, decisions)
            for (model, label), probabilities, decisions in zip(
                params.labels.items(), snakemake.input.probabilities, snakemake.input.decisions, strict=True
            )
        },
        snakemake.input.mirnas,
        snakemake.input.groups,
        snakemake.input.locus or None,
        **snakemake.output,
        locations=params.locations,
        references=params.references,
        implication=params.implication,
        draws=params.draws,
        level=params.level,
        seed=params.seed,
    )
