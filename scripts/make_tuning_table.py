"""Entry of rules make_tuning_table and make_choices_table."""

from mmlmirloc.job import job
from mmlmirloc.reporting.tuning_table import write_choices

with job(snakemake.log[0]):
    params = snakemake.params
    tunings = [(*tuned, path) for tuned, path in zip(params.tuned, snakemake.input.tunings, strict=True)]
    write_choices(tunings, params.labels, params.caption, params.note, **snakemake.output)
