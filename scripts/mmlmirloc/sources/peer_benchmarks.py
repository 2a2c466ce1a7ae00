"""Published benchmarks of other systems, as labelled tables."""

import sys
from pathlib import Path

import pandas as pd

from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table, write_table
from mmlmirloc.job import logger
from mmlmirloc.sources import annotation
from mmlmirloc.sources.labelled import FOLD, ID, SEQUENCE, SPLIT

COLUMNS = ["benchmark", "label", "file", "where", "id", "locations", "side", "test", "fold", "protocols", "selected"]


def read_descriptions(path: str | Path) -> pd.DataFrame:
    """Read what each benchmark is: a row for each, with the columns ``COLUMNS``.

    ``where`` is ``column=value`` for the rows that are taken, or empty for all; ``id`` names the column of ids,
    ``locations`` those of the locations, joined by ``;``. ``side`` is the column of the published split, whose test
    rows have the value ``test``, or empty; ``fold`` is that of the published folds, each of which is tested once, or
    empty. ``protocols`` and ``selected`` name the protocols and the models that are run, with commas between them;
    an empty ``selected`` is for all.
    """
    return read_table(path, columns=COLUMNS, text=COLUMNS)


def write_labelled(description, folder: str | Path, output: str | Path) -> None:
    """Write a published benchmark as a labelled table, all its rows in their order.

    Parameters
    ----------
    description : tuple
        A row of :func:`read_descriptions`.
    folder : path
        Where the benchmark's file lies.
    output : path
        Output, as :func:`mmlmirloc.sources.labelled.read` takes it. Where an id stands more than once, the later ones
        get a number: ``hsa-miR-1.2``.

    Raises
    ------
    InputError
        When the file is missing, lacks a column, or has no row that is asked for.
    """
    path = Path(folder) / description.file
    table = annotation.read(path)
    locations = description.locations.split(";")
    column, _, value = description.where.partition("=")
    needed = [SEQUENCE, description.id, *locations, *filter(None, [description.side, description.fold, column])]
    missing = [name for name in needed if name not in table.columns]
    if missing:
        raise InputError(
            f"The benchmark {description.benchmark} has no column {', '.join(missing)}",
            path,
            f"the columns {', '.join(needed)} (found: {', '.join(table.columns)})",
            "mend its row in config/peer_benchmarks.tsv",
        )
    rows = table[table[column] == value] if column else table
    if rows.empty:
        raise InputError(
            f"The benchmark {description.benchmark} has no row with {description.where}",
            path,
            f"one of {', '.join(sorted(set(table[column]))[:10])}",
            "mend its row in config/peer_benchmarks.tsv",
        )
    ids = rows[description.id]
    place = ids.groupby(ids).cumcount() + 1
    ids = ids.where(place == 1, ids + "." + place.astype(str))
    written = pd.DataFrame({ID: ids, SEQUENCE: rows[SEQUENCE]})
    if description.side:
        written[SPLIT] = rows[description.side].eq(description.test).map({True: "test", False: "train"})
    if description.fold:
        written[FOLD] = rows[description.fold]
    write_table(written.assign(**{name: rows[name] for name in locations}), output)
    logger.info("%s: %d rows", description.benchmark, len(rows))


if __name__ == "__main__":
    described, source, results = sys.argv[1:]
    Path(results).mkdir(parents=True, exist_ok=True)
    try:
        for row in read_descriptions(described).itertuples():
            write_labelled(row, source, Path(results) / f"{row.benchmark}.tsv")
    except InputError as error:
        sys.exit(str(error))
