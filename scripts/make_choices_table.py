"""Entry of rule make_choices_table."""

from mmlmirloc.job import job
from mmlmirloc.reporting.beyond_table import write_choices

with job(snakemake.log[0]):
    tunings = [
        (protocol, model, path)
        for (protocol, model), path in zip(snakemake.params.tuned, snakemake.input.tunings, strict=True)
    ]
    write_choices(tunings, snakemake.params.labels, snakemake.params.note, **snakemake.output)
