"""Entry of rule make_curve_table."""

from mmlmirloc.job import job
from mmlmirloc.reporting.beyond_table import Point, write_curve

with job(snakemake.log[0]):
    points = [
        Point(summary, share) for summary, share in zip(snakemake.input.summaries, snakemake.params.shares, strict=True)
    ]
    write_curve(points, snakemake.params.note, **snakemake.output)
