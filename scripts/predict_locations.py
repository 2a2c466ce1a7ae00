"""Entry of rule predict_locations."""

from mmlmirloc.job import job
from mmlmirloc.predicting.tables import predict_file

with job(snakemake.log[0]):
    predict_file(snakemake.input.sequences, snakemake.output.table, snakemake.input.model)
