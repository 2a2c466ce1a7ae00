"""Entry of rule fetch_source."""

from pathlib import Path

from mmlmirloc.job import job
from mmlmirloc.sources.fetch import fetch

with job(snakemake.log[0]):
    source = str(snakemake.input.file) or snakemake.params.address
    fetch(source, Path(snakemake.output.file), snakemake.wildcards.source, snakemake.params.sha256)
