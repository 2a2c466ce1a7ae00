"""What the benchmarks share: projects to measure, the clock, and lines of tables."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
sys.path.insert(0, str(Path(__file__).parents[1] / "workflow"))

from projects import Project, search_path

HERE = Path(__file__).parent
# As the jobs of the workflow are run; before anything that reads it is imported.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Spent(NamedTuple):
    """Seconds by the clock, and of processors: the latter hardly change with other work on the machine."""

    wall: float
    core: float


def clocked(function: Callable, *arguments, **options) -> tuple[Spent, Any]:
    """Return the seconds of a call, with those of the processes that it waits for, and what it returned."""
    before = _clocks()
    found = function(*arguments, **options)
    return Spent(*(after - earlier for after, earlier in zip(_clocks(), before))), found


def _clocks() -> tuple[float, float]:
    children = os.times()
    return time.perf_counter(), time.process_time() + children.children_user + children.children_system


def made(project: Project, *targets: str, cores: int = 1, **options) -> Spent:
    """Make targets; return the seconds."""
    spent, run = clocked(project.run, *targets, cores=cores, **options)
    if run.code:
        raise SystemExit(run.output[-3000:])
    return spent


def told(folder: Path, *command: str) -> tuple[Spent, str]:
    """Run a command in a folder; return its seconds, and what it printed."""
    environment = {**os.environ, "PATH": search_path()}
    spent, done = clocked(subprocess.run, command, cwd=folder, env=environment, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise SystemExit((done.stdout + done.stderr)[-3000:])
    return spent, done.stdout + done.stderr


def in_python(folder: Path, *arguments: str) -> tuple[Spent, str]:
    """Run Python in a folder, as :func:`told` does."""
    return told(folder, sys.executable, *arguments)


def print_row(name: str, *cells: object) -> None:
    """Print a line of a table; at once, since the next one may take a while."""
    print(f"{name:34}", *(f"{cell:>9}" for cell in cells), flush=True)
