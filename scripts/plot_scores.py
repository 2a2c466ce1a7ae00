"""Entry of rule plot_scores."""

from mmlmirloc.job import job
from mmlmirloc.reporting.plotting import plot_confusion, plot_scores

with job(snakemake.log[0]):
    scores, model, figure = snakemake.input.scores, snakemake.params.model, snakemake.wildcards.score_figure
    if figure == "confusion":
        plot_confusion(scores, model, snakemake.params.locations, **snakemake.output, note=snakemake.params.note)
    else:
        plot_scores(figure, scores, model, snakemake.input.paper, **snakemake.output, note=snakemake.params.note)
