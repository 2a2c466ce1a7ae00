"""Entry of rule make_trust_table."""

from mmlmirloc.job import job
from mmlmirloc.reporting.trust_table import Protocol, write_trust

with job(snakemake.log[0]):
    params = snakemake.params
    write_trust(
        [
            Protocol(name, kind, summary, strata)
            for (name, kind), summary, strata in zip(
                params.kinds.items(), snakemake.input.summaries, snakemake.input.strata, strict=True
            )
        ],
        shown=params.shown,
        references=params.references,
        constants=params.constants,
        paper=snakemake.input.paper,
        implication=params.implication,
        level=params.level,
        note=params.note,
        **snakemake.output,
    )
