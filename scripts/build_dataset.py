"""Entry of rule build_dataset."""

from pathlib import Path

from mmlmirloc.data.dataset import build_dataset
from mmlmirloc.data.redundancy import parse_clusters
from mmlmirloc.job import job

with job(snakemake.log[0]):
    sequenced, clusters = Path(snakemake.input.sequenced), Path(snakemake.output.clusters)
    parse_clusters(Path(snakemake.input.clstr), sequenced, clusters)
    build_dataset(
        sequenced,
        clusters,
        Path(snakemake.output.mirnas),
        Path(snakemake.output.dropped),
        locations=snakemake.params.locations,
        minimum_count=snakemake.params.minimum_count,
        cluster_labels=snakemake.params.cluster_labels,
    )
