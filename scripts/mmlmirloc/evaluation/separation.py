"""How far each column of annotation by itself tells each location; refused where it is a copy of the records."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table, write_table
from mmlmirloc.registry import load
from mmlmirloc.views.cache import ViewFiles, read_view

# A column copies a location where one threshold is wrong in at most this share of the rows with it, or of those without
# it where they are rarer: a table cut from another version of the records, with a few rows amended, is a copy too.
WRONG = 0.05
# With fewer rows of a kind one threshold tells them from the others by chance.
FEWEST = 5


def check_table(
    features: str | Path,
    mirnas: str | Path,
    output: str | Path,
    view: str,
    kind: str,
    settings: Mapping[str, Any],
    locations: Sequence[str],
) -> None:
    """Hold each column of a view of annotation against each location of the dataset.

    Nothing is fitted: what is written is for readers, and a refusal ends the run.

    Parameters
    ----------
    features : path
        The computed view.
    mirnas : path
        The dataset: accession, sequence, locations.
    output : path
        Output: column, location, rows (that have a number in the table), auc (of the column, all rows), wrong
        (rows that the best threshold on the column tells wrongly).
    view : str
        Its id, for the message.
    kind, settings
        Of the view.
    locations : sequence of str
        Label columns.

    Raises
    ------
    InputError
        When a column is a recorded location of the dataset itself, or as good as one: over all rows, or over those that
        the table lists.
    """
    rows = read_table(mirnas, columns=["accession", "sequence", *locations], text=["accession", "sequence"])
    files = ViewFiles(kind, settings, str(features))
    values = read_view(files, 1, 0, rows["accession"].tolist(), rows["sequence"].tolist()).values
    lines = []
    for name, column in zip(column_names(kind, settings, values.shape[1]), values.T):
        listed = column != np.float32(settings["missing"])
        for location in locations:
            truth = rows[location].to_numpy(dtype=bool)
            auc = roc_auc_score(truth, column) if 0 < truth.sum() < len(truth) else np.nan
            for some in (np.ones_like(listed), listed):
                if is_copy(column[some], truth[some]):
                    raise copied(name, location, view, int(some.sum()))
            lines.append((name, location, int(listed.sum()), auc, wrong_rows(column, truth)))
    write_table(pd.DataFrame(lines, columns=["column", "location", "rows", "auc", "wrong"]), output)


def column_names(kind: str, settings: Mapping[str, Any], width: int) -> list[str]:
    """Return the names of a view's columns, numbers where only the table tells its columns."""
    try:
        return load("views", kind, "config/views.yaml").View(settings).names()
    except NotImplementedError:
        return [f"column {number}" for number in range(1, width + 1)]


def is_copy(column: np.ndarray, truth: np.ndarray) -> bool:
    """Whether one threshold on a column, in either direction, tells a location but for a few rows."""
    rarer = min(truth.sum(), (~truth).sum())
    return bool(rarer >= FEWEST and wrong_rows(column, truth) <= WRONG * rarer)


def wrong_rows(column: np.ndarray, truth: np.ndarray) -> int:
    """Return the fewest rows that a threshold on a column tells wrongly, in the better of the two directions."""
    order = np.argsort(column, kind="stable")
    # Rows with the location among the first so many; a threshold does not divide rows of one value.
    found = np.concatenate([[0], np.cumsum(truth[order])])
    first = np.arange(len(found))
    between = np.concatenate([[True], np.diff(column[order]) > 0, [True]]) if len(column) else np.array([True])
    wrong = (found + (len(truth) - first) - (truth.sum() - found))[between]
    return int(min(wrong.min(), (len(truth) - wrong).min()))


def copied(name: str, location: str, view: str, rows: int) -> InputError:
    """Say which column is a copy of which location."""
    return InputError(
        f"The column '{name}' tells the recorded location {location} as if copied from the records ({rows} rows)",
        f"config: views.{view}",
        "annotation that was measured or collected apart from the records that are predicted",
        "take the column out of the view, or another table in `sources`",
    )
