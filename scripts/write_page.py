"""Entry of the rules that write a table and its page."""

from mmlmirloc.job import job
from mmlmirloc.reporting.pages import write_page

with job(snakemake.log[0]):
    write_page(
        snakemake.params.function,
        {name: files if isinstance(files, str) else list(files) for name, files in snakemake.input.items()},
        snakemake.params.options,
        **snakemake.output,
    )
