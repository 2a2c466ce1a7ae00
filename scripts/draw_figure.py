"""Entry of the rules that draw a figure."""

from mmlmirloc.job import job
from mmlmirloc.reporting.plotting import draw_figure

with job(snakemake.log[0]):
    params = snakemake.params
    draw_figure(
        params.figure,
        dict(snakemake.input.items()),
        params.options,
        params.drawing,
        **snakemake.output,
        note=params.note,
    )
