"""The form that scores are kept in: a line per model, repeat, fold model and row, with a column per location.

What is true of a row stands once, in the table of rows that the split made; reading joins the two and checks that they
fit. Training writes this form, scoring writes it, and all that measures reads it here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.files import damaged, read_table, write_table

#: What a line is of.
LEVELS = ["model", "repeat", "fold", "accession"]


@dataclass(frozen=True)
class Scores:
    """Test scores of one model in one repeat.

    Attributes
    ----------
    accessions : list of str
        The n rows.
    truth : numpy.ndarray
        Shape (n, locations), 0 or 1.
    by_fold : numpy.ndarray
        Shape (folds, n, locations): the score of each fold model.
    """

    accessions: list[str]
    truth: np.ndarray
    by_fold: np.ndarray

    @property
    def ensemble(self) -> np.ndarray:
        """The mean of the fold models' scores, shape (n, locations)."""
        return self.by_fold.mean(axis=0)


@dataclass(frozen=True)
class ValidationScores:
    """Scores of the training rows of one repeat, each by the fold model that did not see the row.

    Attributes
    ----------
    accessions : list of str
        The n rows, in the order of the folds.
    truth, scores : numpy.ndarray
        Shape (n, locations).
    folds : numpy.ndarray
        Shape (n,): the fold in which a row was held out.
    """

    accessions: list[str]
    truth: np.ndarray
    scores: np.ndarray
    folds: np.ndarray


def lines(levels: Mapping[str, object], accessions: Sequence[str], scores: np.ndarray, locations: Sequence[str]):
    """Return the lines of one fold model as a DataFrame.

    Parameters
    ----------
    levels : mapping
        Value of each of :data:`LEVELS` but the accession.
    accessions : sequence of str
        The n rows.
    scores : numpy.ndarray
        Shape (n, locations).
    locations : sequence of str
        Names of the columns.
    """
    table = pd.DataFrame(scores, columns=list(locations))
    for place, (name, value) in enumerate({**levels, "accession": list(accessions)}.items()):
        table.insert(place, name, value)
    return table


def write_scores(parts: Iterable[pd.DataFrame], path: str | Path) -> None:
    """Write parts of :func:`lines` to one file."""
    write_table(pd.concat(parts), path)


def read_labels(paths: Iterable[str | Path], locations: Sequence[str]) -> dict[int, pd.DataFrame]:
    """Read tables of rows: repeat -> a 0/1 column per location, by accession in the table's order."""
    found: dict[int, pd.DataFrame] = {}
    for path in paths:
        table = read_table(path, columns=["repeat", "accession", *locations], text=["accession"])
        for repeat, part in table.groupby("repeat"):
            if int(repeat) in found:
                raise damaged(path, ValueError(f"repeat {repeat} stands in another table too"))
            found[int(repeat)] = part.set_index("accession")[list(locations)].astype(int)
    return found


def read_scores(
    paths: Iterable[str | Path], tests: Iterable[str | Path], locations: Sequence[str], models: Iterable[str] = ()
) -> dict[str, dict[int, Scores]]:
    """Read test scores: model -> repeat -> the scores of all its fold models on the same rows.

    Parameters
    ----------
    paths : iterable of path
        Files of scores; a model stands in one of them.
    tests : iterable of path
        The test rows. Repeats that are not in them are left out.
    locations : sequence of str
        In the order of the arrays.
    models : iterable of str, optional
        Models to read; all without any.

    Raises
    ------
    InputError
        When a model is not there, a repeat of it stands in two files, or the lines of one are not those of every fold
        model and test row, in this order.
    """
    labels, wanted, found = read_labels(tests, locations), set(models), {}
    for path in paths:
        table = read_table(path, columns=[*LEVELS, *locations], text=["model", "accession"])
        kept = table["repeat"].isin(labels) & (table["model"].isin(wanted) | (not wanted))
        for (model, repeat), part in table[kept].groupby(["model", "repeat"], sort=False):
            runs = found.setdefault(model, {})
            if int(repeat) in runs:
                raise damaged(path, ValueError(f"model {model}, repeat {repeat}, stands in another file too"))
            runs[int(repeat)] = _scores(part, labels[int(repeat)], locations, path)
    _require(wanted, found, path)
    return found


def _scores(part: pd.DataFrame, labels: pd.DataFrame, locations: Sequence[str], path: str | Path) -> Scores:
    folds = part["fold"].nunique()
    expected = [(fold, row) for fold in range(folds) for row in labels.index]
    if list(part[["fold", "accession"]].itertuples(index=False, name=None)) != expected:
        raise _disordered(path)
    by_fold = _values(part, locations, float).reshape(folds, len(labels), len(locations))
    return Scores(labels.index.tolist(), _values(labels, locations, int), by_fold)


def _values(table: pd.DataFrame, locations: Sequence[str], kind: type) -> np.ndarray:
    """Return columns as an array whose rows lie together, so that sums go through it in one order."""
    return np.ascontiguousarray(table[list(locations)].to_numpy(dtype=kind))


def read_validation(
    path: str | Path, train: str | Path, locations: Sequence[str], models: Iterable[str] = ()
) -> dict[str, dict[int, ValidationScores]]:
    """Read the scores of validation rows: model -> repeat -> all training rows of it.

    Parameters
    ----------
    path : path
        Scores of one model or of several.
    train : path
        The training rows of the same repeats.
    locations : sequence of str
        In the order of the arrays.
    models : iterable of str, optional
        Models that have to be there.

    Raises
    ------
    InputError
        When a model is not there, a training row is not there once, or a row is no training row.
    """
    table = read_table(path, columns=[*LEVELS, *locations], text=["model", "accession"])
    labels, found = read_labels([train], locations), {}
    for (model, repeat), part in table.groupby(["model", "repeat"], sort=False):
        rows = labels.get(int(repeat))
        if rows is None or sorted(part["accession"]) != sorted(rows.index):
            raise _disordered(path)
        truth = _values(rows.loc[part["accession"]], locations, int)
        found.setdefault(model, {})[int(repeat)] = ValidationScores(
            part["accession"].tolist(), truth, _values(part, locations, float), part["fold"].to_numpy()
        )
    _require(models, found, path)
    return found


def _require(models: Iterable[str], found: Mapping[str, object], path: str | Path) -> None:
    missing = sorted(set(models) - found.keys())
    if missing:
        raise damaged(path, KeyError(f"model {missing[0]}"))


def _disordered(path: str | Path):
    return damaged(path, ValueError("lines are missing, repeated or out of order"))


def tabulate_scores(
    scores: str | Path, test: str | Path, model: str, output: str | Path, locations: Sequence[str]
) -> None:
    """Write one model's test scores of the first repeat, and what is true: a line per fold model, row, location.

    Parameters
    ----------
    scores, test : path
        Test scores, and the test rows of the first repeat.
    model : str
        Whose scores are written.
    output : path
        Output: model, accession, location, fold, score, truth.
    locations : sequence of str
        In the order of the lines.
    """
    run = read_scores([scores], [test], locations, [model])[model][1]
    folds, rows, width = run.by_fold.shape
    table = pd.DataFrame(
        {
            "model": model,
            "accession": np.tile(np.repeat(run.accessions, width), folds),
            "location": np.tile(locations, folds * rows),
            "fold": np.repeat(np.arange(folds), rows * width),
            "score": run.by_fold.ravel(),
            "truth": np.tile(run.truth.ravel(), folds),
        }
    )
    write_table(table, output)
