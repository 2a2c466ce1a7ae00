"""Predict a file of sequences into a table, however long it is."""

import json
import sys
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

from mmlmirloc.errors import InputError
from mmlmirloc.files import whole
from mmlmirloc.job import progress
from mmlmirloc.predicting.predictor import BATCH, Predictor
from mmlmirloc.predicting.reading import open_records

FORMATS = ("tsv", "long", "json", "jsonl")
JSON = {"json": ("[\n", ",\n", "\n]\n"), "jsonl": ("", "\n", "\n")}
"""What stands before, between and after the objects."""
STANDARD_OUTPUT = "-"
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


def _batches(predictor, records, model, processes: int) -> Iterator[pd.DataFrame]:
    if processes == 1:
        yield from predictor.predict_batches(records)
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


def _work(batch: list) -> pd.DataFrame:
    return _predictor.predict(batch)


def write(parts, file, form: str, locations: list[str]) -> None:
    """Write the tables of batches to an open file, one after the other."""
    first = True
    for part in progress(parts, "sequences", unit=f"x {BATCH}"):
        if form in JSON:
            opening, between, _ = JSON[form]
            file.write((opening if first else between) + between.join(json_rows(part)))
        else:
            table = long_format(part, locations) if form == "long" else part
            table.to_csv(file, sep="\t", index=False, header=first, lineterminator="\n")
        first = False
    if form in JSON:
        file.write(JSON[form][2])


def json_rows(table: pd.DataFrame) -> Iterator[str]:
    """Yield the rows of a table as JSON objects."""
    for row in table.to_dict("records"):
        kept = {name: None if pd.isna(value) else value for name, value in row.items()}
        yield json.dumps(kept, ensure_ascii=False)


def long_format(table: pd.DataFrame, locations: list[str]) -> pd.DataFrame:
    """Return a line per sequence and location: location, probability and predicted in the place of their columns."""
    others = [name for name in table.columns if not name.startswith(("probability_", "predicted_"))]
    parts = [
        table[others].assign(
            location=name, probability=table[f"probability_{name}"], predicted=table[f"predicted_{name}"]
        )
        for name in locations
    ]
    whole_table = pd.concat(parts).sort_index(kind="stable")
    return whole_table[["name", "location", "probability", "predicted", *others[1:]]]
