"""Closing: what a run made, where, how long it took and what failed, and what it was made with."""

import time

from mmlmirloc.reporting.closing import Ended, closing_words
from mmlmirloc.reporting.run_record import write_run_record

STARTED = time.time()


def ended(job):
    """What the closing words need of a job."""
    name = " ".join([job.rule.name, *(value for value in job.wildcards if value)])
    return Ended(job.rule.name, name, [str(log) for log in job.log], str(job.benchmark) if job.benchmark else None)


def close_run():
    """Say at the end of a run how it went, and record what it was made with."""
    if workflow.touch:
        return
    # A group of jobs, which is one submission to a cluster, fails as one.
    failed = {job for one in workflow.scheduler.failed for job in (one if one.is_group() else [one])}
    jobs = [job for job in workflow.dag.needrun_jobs(exclude_finished=False) if not job.is_norun]
    done = [ended(job) for job in jobs if workflow.dag.finished(job)]
    lost = [ended(job) for job in jobs if job in failed]
    waiting = [ended(job).name for job in jobs if not workflow.dag.finished(job) and job not in failed]
    print(closing_words(done, lost, waiting, RESULTS, time.time() - STARTED), file=sys.stderr)
    try:
        files = [*Path(RESULTS).glob("sources/*.txt"), *Path(RESULTS).glob("sources/rnabert/*")]
        write_run_record(f"{RESULTS}/provenance.json", ROOT, config, files)
    except OSError as error:
        print(f"What the run was made with could not be recorded: {error}", file=sys.stderr)


onsuccess:
    close_run()


onerror:
    close_run()
