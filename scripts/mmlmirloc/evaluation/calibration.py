"""Calibration: Platt scaling, and how far probabilities are from what happens."""

import numpy as np

from mmlmirloc.objectives import checked

#: Equal bins of a reliability curve.
BINS = 10

#: Scores are kept this far from 0 and 1 before their logit is taken.
MARGIN = 1e-4

STEPS = 50


def fit_platt(truth: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit Platt scaling (Platt 1999) to each label: p = 1 / (1 + exp(-(slope logit(score) + offset))).

    Targets are smoothed as in Platt's paper, (positives + 1) / (positives + 2) and 1 / (negatives + 2). Ours: the
    logit of a score in the place of a margin, and that a slope is never negative, since a score that orders validation
    rows no better than chance is no reason to turn the order around: then all rows get the mean target.

    Parameters
    ----------
    truth : numpy.ndarray
        Shape (n, labels), 0 or 1: validation rows, never test rows.
    scores : numpy.ndarray
        Shape (n, labels), in [0, 1].

    Returns
    -------
    slopes, offsets : numpy.ndarray
        Shape (labels,).

    Raises
    ------
    InputError
        When truth and scores do not fit.
    """
    truth, scores = checked(truth, scores)
    values, positives = logit(scores), truth.sum(axis=0)
    target = np.where(truth > 0, (positives + 1) / (positives + 2), 1 / (len(truth) - positives + 2))
    slopes, offsets = np.zeros(truth.shape[1]), logit(target.mean(axis=0))
    for label in range(truth.shape[1]):
        slope, offset = _newton(values[:, label], target[:, label], offsets[label])
        if slope > 0:
            slopes[label], offsets[label] = slope, offset
    return slopes, offsets


def _newton(values: np.ndarray, target: np.ndarray, offset: float) -> tuple[float, float]:
    """Minimise the cross-entropy of one label by Newton steps, each halved until the loss does not rise."""
    centre, spread = values.mean(), values.std()
    if spread < 1e-12:
        return 0.0, offset
    design = np.column_stack([(values - centre) / spread, np.ones_like(values)])

    def loss(beta):
        linear = design @ beta
        # log(1 + exp(x)) - t x, written so that no exponential overflows.
        return (np.maximum(linear, 0) + np.log1p(np.exp(-np.abs(linear))) - target * linear).sum()

    beta = np.array([0.0, offset])
    for _ in range(STEPS):
        probability = sigmoid(design @ beta)
        # The ridge only keeps a matrix invertible where all probabilities are nearly 0 or 1.
        curvature = (design * (probability * (1 - probability))[:, None]).T @ design + 1e-9 * np.eye(2)
        step = np.linalg.solve(curvature, design.T @ (probability - target))
        before = loss(beta)
        while loss(beta - step) > before and np.abs(step).max() > 1e-10:
            step = step / 2
        beta = beta - step
        if np.abs(step).max() < 1e-9:
            break
    slope = beta[0] / spread
    return float(slope), float(beta[1] - slope * centre)


def apply_platt(scores: np.ndarray, slopes: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Return calibrated probabilities; ``scores`` of shape (..., labels)."""
    return sigmoid(logit(np.asarray(scores, dtype=float)) * slopes + offsets)


def logit(scores: np.ndarray) -> np.ndarray:
    """Log odds, scores kept :data:`MARGIN` from 0 and 1."""
    kept = np.clip(scores, MARGIN, 1 - MARGIN)
    return np.log(kept) - np.log1p(-kept)


def sigmoid(values: np.ndarray) -> np.ndarray:
    """Inverse of :func:`logit`."""
    return 1 / (1 + np.exp(-np.clip(values, -500, 500)))


def expected_calibration_error(truth: np.ndarray, scores: np.ndarray, bins: int = BINS) -> float:
    """Mean over labels of the share-weighted gap between probability and frequency in equal bins; lower is better.

    Naeini et al. 2015 (AAAI), for each label apart. With few rows it is above 0 also for perfect probabilities.
    """
    truth, scores = checked(truth, scores)
    gaps = []
    for labels, values in zip(truth.T, scores.T):
        counts, predicted, observed = reliability(labels, values, bins)
        filled = counts > 0
        gaps.append((counts[filled] * np.abs(predicted[filled] - observed[filled])).sum() / counts.sum())
    return float(np.mean(gaps))


def reliability(truth: np.ndarray, scores: np.ndarray, bins: int = BINS) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return count, mean probability and frequency in each of ``bins`` equal bins of one label's probabilities.

    Parameters
    ----------
    truth, scores : numpy.ndarray
        Shape (n,).
    bins : int
        Number of bins of [0, 1]; 1 belongs to the last.

    Returns
    -------
    counts, predicted, observed : numpy.ndarray
        Shape (bins,); nan in an empty bin.
    """
    place = np.minimum((np.asarray(scores) * bins).astype(int), bins - 1)
    counts = np.bincount(place, minlength=bins).astype(float)
    with np.errstate(invalid="ignore"):
        predicted = np.bincount(place, weights=scores, minlength=bins) / counts
        observed = np.bincount(place, weights=truth, minlength=bins) / counts
    return counts, predicted, observed
