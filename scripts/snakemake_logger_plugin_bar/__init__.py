"""Snakemake's ``--logger bar``: one line with the jobs done, the time left, and the rule begun last.

Where nobody watches, since stderr is no terminal, a line for each tenth of the jobs takes its place.

Errors and warnings are written above it, and so is what Snakemake says before and after the jobs. What jobs log stands
in their files only.
"""

import logging
import os
import sys

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent
from tqdm import tqdm

# What silences jobs: see mmlmirloc.job. That is not imported here, since Snakemake loads this plugin wherever it is
# installed, and would then take the package of that folder for the one beside the Snakefile.
QUIET = "MMLMIRLOC_QUIET"
# Told by the bar, or by the words at the end of the run.
TOLD = {LogEvent.JOB_STARTED, LogEvent.SHELLCMD, LogEvent.RESOURCES_INFO, LogEvent.GROUP_INFO, LogEvent.RULEGRAPH}


def is_watched() -> bool:
    """Whether stderr is a terminal."""
    return sys.stderr.isatty()


class Lines:
    """What stands in the bar's place where stderr is no terminal.

    Parameters
    ----------
    total : int
        Jobs of the run.
    """

    PARTS = 10

    def __init__(self, total: int):
        self.total, self.n = total, 0

    def update(self, more: int) -> None:
        """Count jobs, and say how many are done where another tenth of them is."""
        before, self.n = self.n, self.n + more
        if self.n * self.PARTS // self.total > before * self.PARTS // self.total:
            print(f"{self.n} of {self.total} jobs are done", file=sys.stderr, flush=True)

    def set_postfix_str(self, rule: str) -> None:
        """Leave out the rule."""

    def close(self) -> None:
        """Leave the lines where they stand."""


class LogHandler(LogHandlerBase):
    """See the module. The time left is that of the jobs to come at the rate of those done."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = False
    has_formatter = False
    needs_rulegraph = False

    def __post_init__(self) -> None:
        """Jobs inherit the word that silences them."""
        self.bar: tqdm | Lines | None = None
        os.environ[QUIET] = "1"

    def emit(self, record: logging.LogRecord) -> None:
        """Move the bar, or write above it."""
        event = getattr(record, "event", None)
        if event == LogEvent.RUN_INFO and not self.common_settings.dryrun:
            total = record.stats["total"]
            options = {"unit": "job", "file": sys.stderr, "dynamic_ncols": True}
            self.bar = tqdm(total=total, **options) if is_watched() else Lines(total)
        elif self.bar is None or record.levelno >= logging.WARNING:
            self.write(record)
        elif event == LogEvent.JOB_INFO:
            self.bar.set_postfix_str(record.rule_name)
        elif event == LogEvent.PROGRESS:
            self.bar.update(record.done - self.bar.n)
            if record.done == record.total:
                self.close_bar()

    def write(self, record: logging.LogRecord) -> None:
        """Write a message above the bar."""
        text = self.format(record)
        if getattr(record, "event", None) not in TOLD and text and text != "None":
            tqdm.write(text, file=sys.stderr)

    def close_bar(self) -> None:
        """Leave the bar where it stands; what follows is written again."""
        if self.bar is not None:
            self.bar.close()
        self.bar = None

    def close(self) -> None:
        """Leave the bar where it stands."""
        self.close_bar()
        super().close()
