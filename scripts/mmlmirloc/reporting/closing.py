"""What a run made, where, how long it took, and what failed: the words at its end."""

import math
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from mmlmirloc.benchmarks import read_benchmark
from mmlmirloc.reporting.phrases import counted

SHOWN = 8
"""Rules, or failed jobs, that are named one by one."""


class Ended(NamedTuple):
    """A job that ran: its rule, its name for readers, its logs, and its benchmark file."""

    rule: str
    name: str
    logs: Sequence[str]
    benchmark: str | None


def cancel_timers() -> None:
    """Cancel what is waiting to be done later in this process.

    After each start of jobs Snakemake sets a timer to look for further ones, and after the last job it would still wait
    for the last timer: ten seconds (the timespan of ``max-jobs-per-timespan``), whatever the run. No setting takes the
    timers away (https://github.com/snakemake/snakemake/pull/3744 is about their other costs).
    """
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()


def closing_words(
    done: Sequence[Ended], failed: Sequence[Ended], waiting: Sequence[str], results: str | Path, seconds: float
) -> str:
    """Summarise a run.

    Parameters
    ----------
    done, failed : sequence of Ended
        Jobs that ended well, and those that did not.
    waiting : sequence of str
        Names of the jobs that did not run to their end, since they need what failed or the run was stopped.
    results : str or Path
        Folder of the results.
    seconds : float
        How long the run took.

    Returns
    -------
    str
        Lines for a terminal: jobs and time by rule, the results, what failed with its log, and what to do next.
    """
    lines = [f"{counted(len(done), 'job')} done in {duration(seconds)}. Results: {results}"]
    lines += _by_rule(done)
    for kind, pattern in (("Tables", "tables/*.md"), ("Figures", "figures/*.png")):
        if count := sum(1 for _ in Path(results).glob(pattern)):
            lines.append(f"{kind}: {count} as {Path(results) / pattern}")
    if failed:
        lines.append(f"FAILED: {counted(len(failed), 'job')}")
        lines += _shortened([f"  {job.name}  (log: {', '.join(job.logs) or 'none'})" for job in failed], "failed jobs")
    if waiting:
        lines.append(f"NOT MADE: {counted(len(waiting), 'job')}")
        lines += _shortened([f"  {name}" for name in waiting], "jobs")
    if failed or waiting:
        lines.append(
            "What was finished stays. Correct the cause and run the same command again: it makes what is missing."
        )
    return "\n".join(lines)


def duration(seconds: float) -> str:
    """Write a time for readers: ``42 s``, ``3 min 5 s``, ``2 h 10 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _shortened(lines: list[str], what: str) -> list[str]:
    left = len(lines) - SHOWN
    return lines if left <= 0 else [*lines[:SHOWN], f"  and {left} other {what}"]


def _by_rule(done: Iterable[Ended]) -> list[str]:
    """One line per rule, the costliest first: jobs, time of all of them, memory of the largest."""
    found = defaultdict(list)
    for job in done:
        measured = read_benchmark(job.benchmark) if job.benchmark else ()
        found[job.rule].append([0.0 if math.isnan(value) else value for value in measured] or [0.0, 0.0])
    costs = {rule: (sum(seconds), max(memory)) for rule, (seconds, memory) in ((r, zip(*c)) for r, c in found.items())}
    lines = [
        f"  {rule:<24}{counted(len(found[rule]), 'job'):>10}{duration(costs[rule][0]):>14}{costs[rule][1]:>8.0f} MB"
        for rule in sorted(costs, key=lambda rule: (-costs[rule][0], rule))
    ]
    return _shortened(lines, "rules")
