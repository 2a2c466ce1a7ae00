"""Summaries of scores: a model's metrics per fold model and of the ensemble, with intervals."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.evaluation.metrics import LABEL_METRICS, METRICS
from mmlmirloc.evaluation.statistics import interval
from mmlmirloc.files import read_table, write_table

COLUMNS = ["accession", "location", "fold", "score", "truth"]


def read_scores(path: str | Path, locations: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Read long scores.

    Returns
    -------
    truth : numpy.ndarray
        Shape (n, locations).
    scores : numpy.ndarray
        Shape (folds, n, locations).
    """
    table = read_table(path, columns=COLUMNS, text=["accession", "location"])
    folds, rows = table["fold"].nunique(), table["accession"].nunique()
    cube = table[["score", "truth"]].to_numpy().reshape(folds, rows, len(locations), 2)
    return cube[0, :, :, 1].astype(int), cube[..., 0]


def summarise_scores(
    scores: str | Path,
    output: str | Path,
    locations: Sequence[str],
    threshold: float,
    draws: int,
    level: float,
    seed: int,
) -> None:
    """Measure one model on the test rows.

    Parameters
    ----------
    scores : path
        Long scores: accession, location, fold, score, truth.
    output : path
        Output: metric, location (empty for a metric over all), fold_mean, fold_sd (the paper's protocol: each fold
        model on the same test rows; sd with n - 1), ensemble (of the mean score), ensemble_low, ensemble_high
        (percentile bootstrap over test rows).
    locations : sequence of str
        In the order of the scores.
    threshold : float
        Scores from it on are predicted.
    draws, level, seed
        Of the bootstrap.
    """
    truth, by_fold = read_scores(scores, locations)
    parts = [*by_fold, by_fold.mean(axis=0)]
    rows = []
    for name, metric in (METRICS | LABEL_METRICS).items():
        values = np.array([metric.measure(truth, part, part >= threshold) for part in parts])
        bounds = interval(truth, parts[-1], parts[-1] >= threshold, name, draws=draws, seed=seed, level=level)
        columns = [values[:-1].mean(axis=0), sd(values[:-1]), values[-1], *bounds]
        for place, location in enumerate(locations if name in LABEL_METRICS else [""]):
            rows.append([name, location, *(float(np.atleast_1d(column)[place]) for column in columns)])
    names = ["metric", "location", "fold_mean", "fold_sd", "ensemble", "ensemble_low", "ensemble_high"]
    write_table(pd.DataFrame(rows, columns=names), output)


def sd(values: np.ndarray) -> np.ndarray:
    """Standard deviation over the first axis with n - 1; nan for a single value."""
    return values.std(axis=0, ddof=1) if len(values) > 1 else np.full(values.shape[1:], np.nan)
