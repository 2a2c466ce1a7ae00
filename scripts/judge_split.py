"""Entry of rule judge_split."""

from mmlmirloc.evaluation.judging import Compared, Judged, judge_split
from mmlmirloc.job import job

with job(snakemake.log[0]):
    params = dict(snakemake.params)
    params.pop("code")
    validation = zip(snakemake.input.validation_scores, snakemake.input.trains, strict=True)
    locus = snakemake.input.locus or None
    comparisons = {
        name: Compared(one["models"], one["references"], locus if one["locus"] else None)
        for name, one in params.pop("comparisons").items()
    }
    judge_split(
        snakemake.input.scores,
        snakemake.input.tests,
        list(validation),
        snakemake.input.mirnas,
        snakemake.input.groups,
        Judged(**snakemake.output),
        comparisons=comparisons,
        **params,
    )
