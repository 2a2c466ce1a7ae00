"""Entry of rule embed_view."""

from pathlib import Path

from mmlmirloc.job import job
from mmlmirloc.views.rnabert_network import embed_view

with job(snakemake.log[0]):
    weights = str(snakemake.input.weights)
    embed_view(
        snakemake.input.sequences,
        str(Path(weights).parent) if weights else None,
        snakemake.output.features,
        special_tokens=snakemake.params.special_tokens,
        seed=snakemake.params.seed,
    )
