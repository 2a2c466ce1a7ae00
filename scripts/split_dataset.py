"""Entry of rule split_dataset."""

from mmlmirloc.data.splits import split_dataset
from mmlmirloc.job import job

with job(snakemake.log[0]):
    elsewhere = ("dataset", "tuned", "repeats")
    settings = {key: value for key, value in snakemake.params.settings.items() if key not in elsewhere}
    split_dataset(
        snakemake.input.mirnas,
        snakemake.output.train,
        snakemake.output.test,
        locations=snakemake.params.locations,
        seed=snakemake.params.seed,
        repeats=snakemake.params.repeats,
        # Empty where the kind of split needs none.
        groups=snakemake.input.groups or None,
        composition=snakemake.input.composition or None,
        **settings,
    )
