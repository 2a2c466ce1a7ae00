"""Entry of rule lay_out_tables."""

from mmlmirloc.job import job
from mmlmirloc.reporting.pages import write_pages

with job(snakemake.log[0]):
    write_pages(snakemake.input, snakemake.output)
