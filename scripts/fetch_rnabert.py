"""Entry of rule fetch_rnabert."""

from pathlib import Path

from mmlmirloc.job import job
from mmlmirloc.sources.fetch import fetch_rnabert

with job(snakemake.log[0]):
    files = list(snakemake.input.files)
    source = str(Path(files[0]).parent) if files else snakemake.params.source
    fetch_rnabert(source, Path(snakemake.output.weights).parent)
