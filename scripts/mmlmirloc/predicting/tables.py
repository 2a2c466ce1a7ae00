"""Predict a file of sequences into a table, however long it is."""

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TextIO

from mmlmirloc.errors import InputError
from mmlmirloc.files import whole
from mmlmirloc.job import progress
from mmlmirloc.predicting.known import number_columns
from mmlmirloc.predicting.predictor import BATCH, Predictor
from mmlmirloc.predicting.reading import open_records

FORMATS = ("tsv", "long", "json", "jsonl")
JSON = {"json": ("[\n", ",\n", "\n]\n"), "jsonl": ("", "\n", "\n")}
"""What stands before, between and after the objects."""
STANDARD_OUTPUT = "-"
Row = dict[str, Any]
_predictor: Predictor | None = None


def predict_file(
    sequences: str | Path | Sequence[str | Path],
    output: str | Path,
    model: str | Path | None = None,
    form: str = "tsv",
    processes: int = 1,
) -> None:
    """Predict files of sequences (see :mod:`mmlmirloc.predicting.grammar`), 1,000 records in memory at a time.

    Parameters
    ----------
    sequences : path or sequence of paths
        Input, ``-`` for standard input.
    output : path
        Output, ``-`` for standard output. A file appears when it is whole.
    model : path, optional
        See :meth:`Predictor.load`.
    form : str
        ``tsv``: a line per sequence; ``long``: a line per sequence and location; ``json``: a list of
        an object per sequence; ``jsonl``: an object per line.
    processes : int
        How many batches are predicted side by side; the output does not depend on it.
    """
    predictor = Predictor.load(model)
    paths = [sequences] if isinstance(sequences, str | Path) else sequences
    records = open_records(*paths)
    parts = _batches(predictor, records, model, processes)
    if str(output) == STANDARD_OUTPUT:
        if sys.stdout is None:
            raise InputError(
                "Standard output is closed", "standard output", "a file or a pipe", "name a file with --out"
            )
        if hasattr(sys.stdout, "reconfigure"):
            # A name may have letters that the terminal's language has not.
            sys.stdout.reconfigure(encoding="utf-8")
        write(parts, sys.stdout, form, predictor.locations)
        return
    if Path(output).exists() and not Path(output).is_file():
        # A pipe or a device is written as it is; a file appears when it is whole.
        with open(output, "w", encoding="utf-8", newline="\n") as file:
            write(parts, file, form, predictor.locations)
        return
    with whole(output) as temporary, open(temporary, "w", encoding="utf-8", newline="\n") as file:
        write(parts, file, form, predictor.locations)


def _batches(predictor, records, model, processes: int) -> Iterator[list[Row]]:
    if processes == 1:
        yield from predictor.rows(records)
        return
    with get_context("spawn").Pool(processes, _start, (model,)) as pool:
        waiting, batches = [], _in_batches(records)
        # Two batches for each process are under way, so that a file of any length takes no more memory.
        for batch in batches:
            waiting.append(pool.apply_async(_work, (batch,)))
            if len(waiting) >= 2 * processes:
                yield waiting.pop(0).get()
        for result in waiting:
            yield result.get()


def _in_batches(records) -> Iterator[list]:
    batch: list = []
    for record in records:
        batch.append(record)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _start(model) -> None:
    global _predictor
    _predictor = Predictor.load(model)


def _work(batch: list) -> list[Row]:
    return [row for rows in _predictor.rows(batch) for row in rows]


def write(parts: Iterable[list[Row]], file: TextIO, form: str, locations: Sequence[str]) -> None:
    """Write the rows of batches to an open file, one after the other."""
    parts = progress(parts, "sequences", unit=f"x {BATCH}")
    if form in JSON:
        opening, between, closing = JSON[form]
        for number, rows in enumerate(parts):
            written = between.join(json.dumps(row, ensure_ascii=False) for row in rows)
            file.write((between if number else opening) + written)
        file.write(closing)
        return
    table = csv.writer(file, delimiter="\t", lineterminator="\n")
    for number, rows in enumerate(parts):
        lines = long_format(rows, locations) if form == "long" else rows
        if not number:
            table.writerow(lines[0])
        table.writerows(line.values() for line in lines)


def long_format(rows: Iterable[Row], locations: Sequence[str]) -> list[Row]:
    """Return a row per sequence and location: location, probability and predicted in the place of their columns."""
    numbers = set(number_columns(locations))
    found = []
    for row in rows:
        others = {name: value for name, value in row.items() if name not in numbers and name != "name"}
        for location in locations:
            own = {what: row[f"{what}_{location}"] for what in ("probability", "predicted")}
            found.append({"name": row["name"], "location": location, **own, **others})
    return found
