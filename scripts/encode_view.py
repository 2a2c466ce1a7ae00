"""Entry of rule encode_view."""

from mmlmirloc.job import job
from mmlmirloc.views.encoder_network import encode_view

with job(snakemake.log[0]):
    params = snakemake.params
    encode_view(
        snakemake.input.sequences,
        # A file that is not there is no input, and the job is to say so.
        (str(snakemake.input.checkpoint) or params.checkpoint) if params.weights == "pretrained" else None,
        snakemake.output.features,
        sizes=params.sizes,
        seed=params.seed,
    )
