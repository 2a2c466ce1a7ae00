"""Summaries of scores: a model's metrics per fold model and of the ensemble, with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.evaluation.metrics import LABEL_METRICS, METRICS, find_metric
from mmlmirloc.evaluation.statistics import bootstrap_interval, interval
from mmlmirloc.files import damaged, read_table, write_table

COLUMNS = ["repeat", "accession", "location", "fold", "score", "truth"]
SUMMARY = [
    "fold_mean",
    "fold_sd",
    "fold_mean_low",
    "fold_mean_high",
    "ensemble",
    "ensemble_low",
    "ensemble_high",
]


@dataclass(frozen=True)
class Scores:
    """Scores of the rows of one repeat.

    Attributes
    ----------
    accessions : list of str
        The n rows.
    truth : numpy.ndarray
        Shape (n, locations).
    by_fold : numpy.ndarray
        Shape (folds, n, locations).
    """

    accessions: list[str]
    truth: np.ndarray
    by_fold: np.ndarray


def require_lines(table: pd.DataFrame, path: str | Path, **levels: Sequence) -> None:
    """Raise InputError unless ``table`` has one line for each combination of the columns' values, the last fastest."""
    if list(product(*levels.values())) != list(table[list(levels)].itertuples(index=False, name=None)):
        raise damaged(path, ValueError("lines are missing, repeated or out of order"))


def read_repeats(path: str | Path, locations: Sequence[str]) -> dict[int, Scores]:
    """Read long test scores: repeat -> the scores of all its fold models on the same rows.

    Raises
    ------
    InputError
        When the lines of a repeat are not those of every fold, row and location, in this order.
    """
    table = read_table(path, columns=COLUMNS, text=["accession", "location"])
    found = {}
    for repeat, part in table.groupby("repeat"):
        folds, accessions = part["fold"].unique(), part["accession"].unique()
        require_lines(part, path, fold=folds, accession=accessions, location=locations)
        cube = part[["score", "truth"]].to_numpy().reshape(len(folds), len(accessions), len(locations), 2)
        found[int(repeat)] = Scores(accessions.tolist(), cube[0, :, :, 1].astype(int), cube[..., 0])
    return found


def read_scores(path: str | Path, locations: Sequence[str], repeat: int = 1) -> Scores:
    """Read the long test scores of one repeat; see :func:`read_repeats`.

    Raises
    ------
    InputError
        Also when the repeat is not there.
    """
    found = read_repeats(path, locations)
    if repeat not in found:
        raise damaged(path, KeyError(f"repeat {repeat}"))
    return found[repeat]


def summarise_scores(
    scores: str | Path,
    output: str | Path,
    locations: Sequence[str],
    threshold: float,
    draws: int,
    level: float,
    seed: int,
) -> None:
    """Measure one model on the test rows of the first repeat.

    Parameters
    ----------
    scores : path
        Long scores: repeat, accession, location, fold, score, truth.
    output : path
        Output: metric, location (empty for a metric over all), fold_mean, fold_sd (the paper's protocol: each fold
        model on the same test rows; sd with n - 1), fold_mean_low, fold_mean_high, ensemble (of the mean score),
        ensemble_low, ensemble_high. The ends are those of a percentile bootstrap over test rows.
    locations : sequence of str
        In the order of the scores.
    threshold : float
        Scores from it on are predicted.
    draws, level, seed
        Of the bootstrap.
    """
    read = read_scores(scores, locations)
    write_table(summary(read.truth, read.by_fold, locations, threshold, draws, level, seed), output)


def summary(
    truth: np.ndarray,
    by_fold: np.ndarray,
    locations: Sequence[str],
    threshold: float,
    draws: int,
    level: float,
    seed: int,
) -> pd.DataFrame:
    """Return the table of :func:`summarise_scores` for truth (n, locations) and scores (folds, n, locations)."""
    ensemble = by_fold.mean(axis=0)
    rows = []
    for name, metric in (METRICS | LABEL_METRICS).items():
        values = np.array([metric.measure(truth, part, part >= threshold) for part in by_fold])
        columns = [
            values.mean(axis=0),
            sd(values),
            *bootstrap_interval(
                partial(fold_mean, truth, by_fold, threshold, name), len(truth), None, draws, seed, level
            ),
            metric.measure(truth, ensemble, ensemble >= threshold),
            *interval(truth, ensemble, ensemble >= threshold, name, draws=draws, seed=seed, level=level),
        ]
        for place, location in enumerate(locations if name in LABEL_METRICS else [""]):
            rows.append([name, location, *(float(np.atleast_1d(column)[place]) for column in columns)])
    return pd.DataFrame(rows, columns=["metric", "location", *SUMMARY])


def fold_mean(
    truth: np.ndarray, by_fold: np.ndarray, threshold: float, metric: str, weights: np.ndarray | None = None
) -> float | np.ndarray:
    """Mean of a metric over the fold models, on the rows as they are or on each of the weighted draws.

    Parameters
    ----------
    truth, by_fold : numpy.ndarray
        Shapes (n, locations) and (folds, n, locations).
    threshold : float
        Scores from it on are predicted.
    metric : str
        Name of the metric.
    weights : numpy.ndarray, optional
        Shape (draws, n), as in :func:`mmlmirloc.evaluation.statistics.bootstrap_interval`.
    """
    measure = find_metric(metric).measure
    return np.mean([measure(truth, part, part >= threshold, weights) for part in by_fold], axis=0)


def sd(values: np.ndarray) -> np.ndarray:
    """Standard deviation over the first axis with n - 1; nan for a single value."""
    return values.std(axis=0, ddof=1) if len(values) > 1 else np.full(values.shape[1:], np.nan)
