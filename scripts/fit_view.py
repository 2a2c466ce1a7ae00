"""Entry of rule fit_view."""

from mmlmirloc.job import job
from mmlmirloc.views.making import fit_view

with job(snakemake.log[0]):
    spec = snakemake.params.spec
    fit_view(snakemake.input.train, snakemake.output.fitted, spec["kind"], spec, seed=snakemake.params.seed)
