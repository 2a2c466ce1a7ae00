"""Make a project look finished: an output of a line for each job, and Snakemake's own record of how it was made.

    python pretending.py [<config>]      in a project's folder

To see that nothing is to be done, Snakemake asks of each output its time and of each job's record its inputs, settings
and code; what the files hold it does not ask.
"""

import sys
from pathlib import Path

from sequential import jobs_of
from snakemake.executors.touch import Executor


def write_outputs(config: str) -> int:
    """Write the outputs of all jobs, whatever they hold; return the number of jobs."""
    jobs = list(jobs_of(config, []))
    for job in jobs:
        for path in job.output:
            if path.is_directory:
                Path(path).mkdir(parents=True)
            else:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                Path(path).write_text("pretended\n")
    return len(jobs)


def main() -> None:
    """Write the outputs, and have Snakemake record them; print the number of jobs."""
    from snakemake.cli import main as snakemake

    config = sys.argv[1] if len(sys.argv) > 1 else ""
    print(write_outputs(config), flush=True)
    # It waits between jobs for the clock's sake; here they may be of one moment.
    Executor.SLEEPING_TIME = 0
    configs = ["--configfile", config] if config else []
    snakemake(["--touch", "--forceall", "--cores", "1", "--quiet", "all", *configs])


if __name__ == "__main__":
    main()
