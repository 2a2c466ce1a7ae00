"""Entry of rule predict_locations."""

from mmlmirloc.job import job
from mmlmirloc.predicting.tables import predict_file

with job(snakemake.log[0]):
    database = snakemake.params.database
    predict_file(snakemake.input.sequences, snakemake.output.table, snakemake.input.model, database or None)
