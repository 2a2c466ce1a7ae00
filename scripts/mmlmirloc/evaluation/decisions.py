"""Rules that turn scores into label sets; whatever they fit is fitted on validation rows."""

from itertools import product

import numpy as np
from scipy.special import softmax

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.metrics import ROW_METRICS, checked, find_metric, require_labels

#: Thresholds tried by :func:`tune_thresholds`, nearest to 0.5 first (the lower of two equally near).
GRID = tuple(sorted((step / 20 for step in range(1, 20)), key=lambda value: (round(abs(value - 0.5), 9), value)))

#: A label with fewer validation rows than this in either class keeps the threshold 0.5.
MINIMUM_ROWS = 5

#: A score is kept this far from 0 and 1 in a posterior, so that no label set is impossible.
MARGIN = 1e-6


def threshold(scores: np.ndarray, thresholds: float | np.ndarray = 0.5) -> np.ndarray:
    """Predict each label whose score is at least its threshold.

    Parameters
    ----------
    scores : numpy.ndarray
        Shape (n, labels).
    thresholds : float or numpy.ndarray
        One for all labels, or shape (labels,).

    Returns
    -------
    numpy.ndarray
        Shape (n, labels), 0 or 1. A row may be empty.

    Raises
    ------
    InputError
        When the number of thresholds is not that of the labels.
    """
    scores, thresholds = np.asarray(scores), np.asarray(thresholds)
    if thresholds.ndim and thresholds.shape != scores.shape[1:]:
        raise InputError(
            f"{thresholds.size} thresholds for scores of shape {scores.shape}",
            "thresholds",
            "one number, or one per label",
            "use the thresholds tuned for these locations",
        )
    return (scores >= thresholds).astype(np.int64)


def posterior_from_scores(scores: np.ndarray, label_sets: np.ndarray) -> np.ndarray:
    """Posterior over given label sets when the labels are taken as independent (our choice).

    The product over labels of p or 1 - p, restricted to ``label_sets`` and scaled to sum to 1. Giving the sets
    seen in training brings in the dependence of labels, such as "cytoplasm implies nucleus".

    Parameters
    ----------
    scores : numpy.ndarray
        Shape (n, labels): probabilities. They are kept 1e-6 from 0 and 1 (our choice), so that a certain
        score that fits none of the sets still leads to the nearest ones.
    label_sets : numpy.ndarray
        Shape (sets, labels), 0 or 1.

    Returns
    -------
    numpy.ndarray
        Shape (n, sets); rows sum to 1.

    Raises
    ------
    InputError
        When a score is not in [0, 1], or the label sets do not fit.
    """
    scores, label_sets = np.asarray(scores, dtype=float), checked_sets(label_sets)
    if scores.ndim != 2 or scores.shape[1] != label_sets.shape[1]:
        raise InputError(
            f"Scores of shape {scores.shape} do not fit label sets of {label_sets.shape[1]} labels",
            "scores",
            "shape (rows, labels)",
            "use the label sets of the same locations",
        )
    if not ((scores >= 0) & (scores <= 1)).all():
        raise InputError(
            "A score is not a probability", "scores", "numbers from 0 to 1", "calibrate the scores before this rule"
        )
    scores = np.clip(scores, MARGIN, 1 - MARGIN)
    logarithms = np.log(scores)[:, None, :] * label_sets + np.log1p(-scores)[:, None, :] * (1 - label_sets)
    return softmax(logarithms.sum(-1), axis=1)


def expected_best(posterior: np.ndarray, label_sets: np.ndarray, metric: str) -> np.ndarray:
    """Choose for each row the non-empty label set with the best expected value of a metric.

    All 2^labels - 1 non-empty sets are candidates, also those not among ``label_sets``. Of equally good ones
    the smallest is chosen, and of these the one with the earliest labels (our choice).

    Parameters
    ----------
    posterior : numpy.ndarray
        Shape (n, sets): probability of each label set; rows sum to 1.
    label_sets : numpy.ndarray
        Shape (sets, labels), 0 or 1.
    metric : str
        ``"accuracy"``, ``"subset_accuracy"``, ``"f1"`` (highest) or ``"hamming_loss"`` (lowest).

    Returns
    -------
    numpy.ndarray
        Shape (n, labels), 0 or 1; no row is empty.

    Raises
    ------
    InputError
        When the metric is no mean over rows, or the posterior does not fit the label sets.
    """
    if metric not in ROW_METRICS:
        raise InputError(
            f"No label set can be chosen by the expected '{metric}'",
            "metric",
            f"one of {', '.join(ROW_METRICS)}",
            "choose a metric that is a mean over rows",
        )
    label_sets = checked_sets(label_sets)
    posterior = checked_posterior(posterior, len(label_sets))
    candidates = nonempty_sets(label_sets.shape[1])
    values = ROW_METRICS[metric](label_sets[None, :, :], candidates[:, None, :])
    # Rounded, so that the last bits of a sum never decide between equally good sets.
    expected = np.round(np.einsum("ns,cs->nc", posterior, values), 12)
    best = expected.argmax(1) if find_metric(metric).higher_is_better else expected.argmin(1)
    return candidates[best]


def tune_thresholds(truth: np.ndarray, scores: np.ndarray, metric: str) -> np.ndarray:
    """Choose one threshold per label for the best value of a metric on validation rows.

    From 0.5 everywhere, one label after the other takes the best of 0.05, 0.10, ... 0.95 with the others held,
    until nothing changes. Of equally good thresholds the one nearest 0.5 is taken, and a label with fewer than
    five rows in either class keeps 0.5: few rows are a poor reason to move. All this is our choice.

    Parameters
    ----------
    truth : numpy.ndarray
        Shape (n, labels), 0 or 1: validation rows, never test rows.
    scores : numpy.ndarray
        Shape (n, labels).
    metric : str
        A metric of ``METRICS`` that uses predictions.

    Returns
    -------
    numpy.ndarray
        Shape (labels,), each on the grid.

    Raises
    ------
    InputError
        When the metric does not depend on thresholds, or truth and scores do not fit.
    """
    measured = find_metric(metric)
    if measured.uses != "predictions":
        raise InputError(
            f"The metric '{metric}' does not depend on thresholds",
            "metric",
            "a metric of label sets, such as accuracy",
            "name another metric to tune thresholds for",
        )
    truth, scores = checked(truth, scores)
    sign = 1 if measured.higher_is_better else -1

    def value(thresholds):
        # Rounded, so that the last bits of a mean never decide between equally good thresholds.
        return sign * round(measured.function(truth, threshold(scores, thresholds)), 12)

    def with_threshold(thresholds, label, point):
        return np.where(np.arange(len(thresholds)) == label, point, thresholds)

    chosen, before = np.full(scores.shape[1], 0.5), None
    movable = np.flatnonzero(np.minimum(truth.sum(0), (1 - truth).sum(0)) >= MINIMUM_ROWS)
    # This ends: a change raises the value, or keeps it and comes nearer to 0.5.
    while before is None or not np.array_equal(chosen, before):
        before = chosen
        for label in movable:
            chosen = max((with_threshold(chosen, label, point) for point in GRID), key=value)
    return chosen


def nonempty_sets(labels: int) -> np.ndarray:
    """All non-empty label sets, shape (2^labels - 1, labels): the smallest first, then by the earliest labels."""
    sets = [members for members in product((1, 0), repeat=labels) if any(members)]
    return np.array(sorted(sets, key=sum), dtype=np.int64)


def checked_sets(label_sets: np.ndarray) -> np.ndarray:
    """Return label sets as an array of shape (sets, labels), or raise InputError."""
    label_sets = np.asarray(label_sets)
    if label_sets.ndim != 2 or label_sets.size == 0:
        raise InputError(
            f"Label sets have the shape {label_sets.shape}",
            "label_sets",
            "shape (sets, labels), at least one",
            "pass the distinct label sets of the training rows",
        )
    require_labels(label_sets, "label_sets")
    return label_sets.astype(np.int64)


def checked_posterior(posterior: np.ndarray, sets: int) -> np.ndarray:
    """Return a posterior as an array of shape (n, sets) whose rows are distributions, or raise InputError."""
    posterior = np.asarray(posterior, dtype=float)
    fits = posterior.ndim == 2 and posterior.shape[1] == sets
    if not fits or not (posterior >= 0).all() or not np.allclose(posterior.sum(1), 1, atol=1e-6):
        raise InputError(
            f"The posterior of shape {posterior.shape} is no distribution over {sets} label sets",
            "posterior",
            "shape (rows, sets), no negative number, each row with the sum 1",
            "make it with posterior_from_scores, or scale its rows",
        )
    return posterior
