"""Compute or fit a view, whatever its kind, and keep it in its files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmlmirloc.files import read_table, write_arrays
from mmlmirloc.registry import load
from mmlmirloc.views.cache import fold_file, save_features, seed_of_repeat


def compute_view(
    sequences: str | Path,
    output: str | Path,
    kind: str,
    settings: Mapping[str, Any],
    sources: Mapping[str, str] | None = None,
) -> None:
    """Compute a view that needs no fitting for every sequence of the dataset.

    Parameters
    ----------
    sequences : path
        TSV with the columns accession, name and sequence; no labels. Only a view of a record (a control) sees more
        than the sequence.
    output : path
        npz of accessions, values and lengths.
    kind, settings
        The view.
    sources : mapping, optional
        Name -> path of what the kind of view needs beside the sequences (its ``NEEDS``).
    """
    columns = ["accession", "name", "sequence"]
    table = read_table(sequences, columns=columns, text=columns)
    view = load("views", kind, "config/views.yaml").View(settings)
    save_features(output, table["accession"].tolist(), view.compute_records(table[columns], sources or {}))


def fit_view(train: str | Path, output: str | Path, kind: str, settings: Mapping[str, Any], seed: int) -> None:
    """Fit a view once per repeat and fold, on the fold's training rows only; one npz for each in the folder ``output``.

    Fold k of repeat r uses ``seed`` + 1000 r + k.
    """
    table = read_table(train, columns=["repeat", "accession", "sequence", "fold"], text=["accession", "sequence"])
    view = load("views", kind, "config/views.yaml").View(settings)
    for repeat, rows in table.groupby("repeat"):
        for fold in range(rows["fold"].nunique()):
            sequences = rows.loc[rows["fold"] != fold, "sequence"].tolist()
            fitted = view.fit(sequences, seed_of_repeat(seed, repeat) + fold)
            write_arrays(fold_file(output, repeat, fold), **fitted)
