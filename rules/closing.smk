"""Closing: what a run made, where, how long it took and what failed, and what it was made with."""

import time

from mmlmirloc.reporting.closing import Ended, cancel_timers, closing_words
from mmlmirloc.reporting.run_record import write_run_record

STARTED = time.time()


def ended(job):
    """What the closing words need of a job."""
    name = " ".join([job.rule.name, *(value for value in job.wildcards if value)])
    return Ended(job.rule.name, name, [str(log) for log in job.log], str(job.benchmark) if job.benchmark else None)


def written(files):
    """Whether one of some files was written in this run, and not merely made as an empty one."""
    stats = [Path(file).stat() for file in files if Path(file).exists()]
    return any(stat.st_mtime >= STARTED and stat.st_size for stat in stats)


def divide_group(group):
    """The jobs of a failed group that were done, and those that failed.

    A group is one submission to a cluster and fails as one. A job that began has something in its log, and one that
    ended well has a benchmark file; Snakemake may take its outputs away with the group's. Where none had begun, all
    that is not done has failed.
    """
    ended_well = {job for job in group if job.benchmark and written([job.benchmark])}
    begun = {job for job in group if written(job.log)} - ended_well
    return {job for job in ended_well if all(Path(file).exists() for file in job.output)}, begun or set(
        group
    ) - ended_well


# A handler of a run's end is given its log and no jobs (https://github.com/snakemake/snakemake/issues/1884), and events
# of jobs reach logger plugins only, of which a plain `snakemake` has none. So those are asked that know, although they
# are no public part of Snakemake, whose version is pinned.
def fates():
    """The jobs of this run that were done, that failed, and that were left."""
    jobs = [job for job in workflow.dag.needrun_jobs(exclude_finished=False) if not job.is_norun]
    done, failed = {job for job in jobs if workflow.dag.finished(job)}, set()
    for one in workflow.scheduler.failed:
        ended_well, ended_badly = divide_group(one) if one.is_group() else (set(), {one})
        done |= ended_well
        failed |= ended_badly
    left = [job for job in jobs if job not in done and job not in failed]
    return [job for job in jobs if job in done], [job for job in jobs if job in failed], left


def close_run():
    """Say at the end of a run how it went, and record what it was made with."""
    cancel_timers()
    if workflow.touch:
        return
    done, failed, left = ([ended(job) for job in jobs] for jobs in fates())
    seconds = time.time() - STARTED
    # On a line of its own below a progress bar.
    print("\n" + closing_words(done, failed, [job.name for job in left], RESULTS, seconds), file=sys.stderr)
    try:
        files = [*Path(RESULTS).glob("sources/*.txt"), *Path(RESULTS).glob("sources/rnabert/*")]
        write_run_record(f"{RESULTS}/provenance.json", ROOT, config, files)
    except OSError as error:
        print(f"What the run was made with could not be recorded: {error}", file=sys.stderr)


onsuccess:
    close_run()


onerror:
    close_run()
