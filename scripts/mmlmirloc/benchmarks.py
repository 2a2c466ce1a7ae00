"""Read the files that Snakemake's ``benchmark`` writes; light, since the Snakefile imports it."""

import csv
import math
from pathlib import Path


def read_benchmark(path: str | Path) -> tuple[float, float]:
    """Return seconds and peak memory (MB) of a job; nan where they were not measured or the file is not there."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
    except OSError:
        rows = []
    seconds, memory = ([_number(row.get(name)) for row in rows] or [math.nan] for name in ("s", "max_rss"))
    return math.fsum(seconds), max(memory)


def _number(text: str | None) -> float:
    """Read a number; a job that ended before it was measured has NA or a dash."""
    try:
        return float(text)
    except (TypeError, ValueError):
        return math.nan
