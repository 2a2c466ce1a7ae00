"""Entry of rule simulate_control."""

from pathlib import Path

from mmlmirloc.data.simulated import Control, simulate
from mmlmirloc.job import job

with job(snakemake.log[0]):
    simulate(Control(**snakemake.params.control), Path(snakemake.output.truth).parent)
