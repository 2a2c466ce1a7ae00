"""Entry of rule divide_hairpins."""

from pathlib import Path

from mmlmirloc.data.redundancy import parse_clusters
from mmlmirloc.job import job
from mmlmirloc.pretraining.corpus import divide_hairpins

with job(snakemake.log[0]):
    hairpins, clusters = Path(snakemake.input.hairpins), Path(snakemake.output.clusters)
    parse_clusters(Path(snakemake.input.clstr), hairpins, clusters)
    divide_hairpins(
        hairpins,
        clusters,
        Path(snakemake.output.corpus),
        held_out=snakemake.params.held_out,
        validation=snakemake.params.validation,
        seed=snakemake.params.seed,
    )
