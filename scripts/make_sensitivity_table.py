"""Entry of rule make_sensitivity_table."""

from mmlmirloc.job import job
from mmlmirloc.reporting.sensitivity import Variant, write_sensitivity

with job(snakemake.log[0]):
    evaluation = snakemake.params.evaluation
    write_sensitivity(
        [
            Variant(scores=scores, **variant)
            for variant, scores in zip(snakemake.params.variants, snakemake.input.scores, strict=True)
        ],
        locations=snakemake.params.locations,
        draws=evaluation["draws"],
        level=evaluation["level"],
        seed=snakemake.params.seed,
        caption="Sensitivity of MMLmiRLocNet: one ambiguity of the paper at a time",
        note=snakemake.params.note,
        output=snakemake.output.table,
        markdown=snakemake.output.markdown,
    )
