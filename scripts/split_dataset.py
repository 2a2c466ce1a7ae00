"""Entry of rule split_dataset."""

from mmlmirloc.data.splits import split_dataset
from mmlmirloc.job import job

with job(snakemake.log[0]):
    settings = {key: value for key, value in snakemake.params.settings.items() if key not in ("dataset", "repeats")}
    split_dataset(
        snakemake.input.mirnas,
        snakemake.output.train,
        snakemake.output.test,
        locations=snakemake.params.locations,
        seed=snakemake.params.seed,
        repeat=int(snakemake.wildcards.repeat),
        # Empty where the kind of split needs none.
        groups=snakemake.input.groups or None,
        composition=snakemake.input.composition or None,
        **settings,
    )
