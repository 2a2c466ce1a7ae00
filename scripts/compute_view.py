"""Entry of rule compute_view."""

from mmlmirloc.job import job
from mmlmirloc.views.making import compute_view

with job(snakemake.log[0]):
    spec = snakemake.params.spec
    sources = {name: path for name, path in snakemake.input.items() if name != "sequences"}
    compute_view(snakemake.input.sequences, snakemake.output.features, spec["kind"], spec, sources)
