"""Entry of rule fetch_source."""

from pathlib import Path

from mmlmirloc.annotation_sources import wanted
from mmlmirloc.job import job
from mmlmirloc.sources.fetch import fetch

with job(snakemake.log[0]):
    source = str(snakemake.input.file) or snakemake.params.address
    if not source:
        raise wanted(snakemake.wildcards.source, snakemake.config["views"])
    fetch(source, Path(snakemake.output.file), snakemake.wildcards.source, snakemake.params.sha256)
