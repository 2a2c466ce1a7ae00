"""Entry of rule make_table."""

from mmlmirloc.evaluation.standing import standings
from mmlmirloc.job import job
from mmlmirloc.reporting.repeats_table import repeats_sections
from mmlmirloc.reporting.tables import write_comparison

with job(snakemake.log[0]):
    params = snakemake.params
    write_comparison(
        dict(zip(params.labels, snakemake.input.metrics)),
        params.labels,
        snakemake.input.paper,
        caption=params.caption,
        standing=standings(
            {
                model: scores
                for model, scores in zip(params.labels, snakemake.input.scores, strict=True)
                if model in params.compared
            },
            snakemake.input.constants,
            snakemake.input.era,
            locations=params.locations,
            seed=params.seed,
            **params.evaluation,
        ),
        output=snakemake.output.table,
        markdown=snakemake.output.markdown,
        note=params.note,
        more=repeats_sections(
            snakemake.input.repeats or None, params.kinds, params.evaluation["threshold"], params.evaluation["level"]
        ),
    )
