"""Entry of rule make_beyond_table."""

from mmlmirloc.job import job
from mmlmirloc.reporting.beyond_table import write_beyond
from mmlmirloc.reporting.trust_table import Protocol

with job(snakemake.log[0]):
    params = snakemake.params
    write_beyond(
        [
            Protocol(name, kind, summary, strata)
            for (name, kind), summary, strata in zip(
                params.kinds.items(), snakemake.input.summaries, snakemake.input.strata, strict=True
            )
        ],
        shown=params.shown,
        chosen=params.chosen,
        references=params.references,
        constants=params.constants,
        genome=params.genome,
        level=params.level,
        note=params.note,
        **snakemake.output,
    )
