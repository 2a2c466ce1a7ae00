"""Entry of rule make_fidelity_table."""

from mmlmirloc.job import job
from mmlmirloc.reporting.fidelity import Shown, write_fidelity

with job(snakemake.log[0]):
    write_fidelity(
        totals=snakemake.input.totals,
        mirnas=snakemake.input.mirnas,
        records=snakemake.input.records,
        train=snakemake.input.train,
        parts=snakemake.input.parts,
        tables=dict(zip(snakemake.params.names, snakemake.input.tables)),
        by_location=snakemake.input.by_location,
        contradictions=snakemake.input.contradictions,
        repeats=snakemake.input.repeats or None,
        hindsight=snakemake.input.hindsight,
        shown=Shown(snakemake.params.split, snakemake.params.model, snakemake.params.label, snakemake.params.threshold),
        locations=snakemake.params.locations,
        note=snakemake.params.note,
        output=snakemake.output.table,
        markdown=snakemake.output.markdown,
    )
