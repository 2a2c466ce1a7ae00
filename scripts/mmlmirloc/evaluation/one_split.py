"""The paper's protocol: one draw of test rows, all metrics of the fold models and of their ensemble."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from mmlmirloc.evaluation.metrics import LABEL_METRICS, METRICS, Metric, find_metric
from mmlmirloc.evaluation.names import CONSTANT, ERA, ONE_DRAW
from mmlmirloc.evaluation.statistics import bootstrap_interval, interval, paired_interval
from mmlmirloc.scores import Scores

COLUMNS = ["model", "metric", "location", *ONE_DRAW, "not_above"]


def measure_split(
    scores: Mapping[str, Scores],
    compared: Sequence[str],
    constants: Sequence[str],
    era: str,
    locations: Sequence[str],
    threshold: float,
    draws: int,
    level: float,
    seed: int,
) -> pd.DataFrame:
    """Measure models on the test rows of one repeat.

    Parameters
    ----------
    scores : mapping
        Model -> its scores, all of the same rows.
    compared : sequence of str
        Models that are held against the references.
    constants : sequence of str
        Models that always answer the same, the best of which is a reference.
    era : str
        The predictor that knows nothing but when a miRNA was discovered.
    locations : sequence of str
        In the order of the scores.
    threshold : float
        Scores from it on are predicted.
    draws, level, seed
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        The columns ``COLUMNS``. location is empty for a metric over all. fold_mean and fold_sd are the paper's
        protocol: each fold model on the same test rows, sd with n - 1. ensemble is of the mean score. The ends are
        those of a percentile bootstrap over test rows. not_above says which of ``constant`` and ``era`` the ensemble
        is not clearly above: the paired bootstrap interval of the difference does not lie on the better side of 0. The
        best constant is the one that is best on these very rows by the metric, which favours the constants.
    """
    fixed = {name: scores[name] for name in constants if name in scores}
    parts = []
    for model, ours in scores.items():
        part = summary(ours.truth, ours.by_fold, locations, threshold, draws, level, seed)
        references = _references(fixed, scores.get(era), threshold) if model in compared and model != era else {}
        part["not_above"] = [
            "+".join(
                name
                for name, others in references.items()
                if metric in others and not _clearly_above(metric, ours, others[metric], threshold, draws, level, seed)
            )
            for metric in part["metric"]
        ]
        parts.append(part.assign(model=model))
    return pd.concat(parts, ignore_index=True)[COLUMNS] if parts else pd.DataFrame(columns=COLUMNS)


def _references(fixed: Mapping[str, Scores], era: Scores | None, threshold: float) -> dict[str, dict[str, Scores]]:
    """Return reference -> metric -> the scores that a model is held against."""
    best = {
        name: max(fixed.values(), key=lambda other: _sign(metric) * _value(metric, other, threshold))
        for name, metric in METRICS.items()
        if fixed
    }
    return {CONSTANT: best, ERA: dict.fromkeys(METRICS, era) if era else {}}


def summary(
    truth: np.ndarray,
    by_fold: np.ndarray,
    locations: Sequence[str],
    threshold: float,
    draws: int,
    level: float,
    seed: int,
) -> pd.DataFrame:
    """Return metric, location and the columns ``ONE_DRAW`` for truth (n, locations), scores (folds, n, locations)."""
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
    return pd.DataFrame(rows, columns=["metric", "location", *ONE_DRAW])


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


def _sign(metric: Metric) -> int:
    return 1 if metric.higher_is_better else -1


def _value(metric: Metric, scores: Scores, threshold: float) -> float:
    return metric.measure(scores.truth, scores.ensemble, scores.ensemble >= threshold)


def _clearly_above(
    metric: str, ours: Scores, other: Scores, threshold: float, draws: int, level: float, seed: int
) -> bool:
    pair = [part for one in (ours, other) for part in (one.ensemble, (one.ensemble >= threshold).astype(int))]
    low, high = paired_interval(ours.truth, *pair, metric, draws=draws, seed=seed, level=level)
    return bool(low > 0 if METRICS[metric].higher_is_better else high < 0)
