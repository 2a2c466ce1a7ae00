"""Rules that turn scores into label sets; whatever they fit is fitted on validation rows."""

from itertools import product

import numpy as np

from mmlmirloc.errors import InputError
from mmlmirloc.objectives import ROW_METRICS, checked, find_objective, require_labels

#: Thresholds tried by :func:`tune_thresholds`, nearest to 0.5 first (the lower of two equally near).
GRID = tuple(sorted((step / 20 for step in range(1, 20)), key=lambda value: (round(abs(value - 0.5), 9), value)))

#: A label with fewer validation rows than this in either class keeps the threshold 0.5.
MINIMUM_ROWS = 5

#: Rounds of iterative proportional fitting; marginals that can be had are met to three digits by then.
ROUNDS = 100

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


def posterior_from_scores(scores: np.ndarray, label_sets: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Posterior over the label sets of the training rows that agrees with a row's probabilities.

    Of all distributions over ``label_sets`` whose marginals are the row's probabilities, the one nearest to ``shares``
    (least Kullback-Leibler divergence), by iterative proportional fitting (Deming & Stephan 1940; the use of it here is
    our choice). So the dependence of labels, such as "cytoplasm implies nucleus", is that of the training rows, and a
    score that knows nothing, the prevalence, leads to the shares themselves, hence to the best constant.

    Parameters
    ----------
    scores : numpy.ndarray
        Shape (n, labels): calibrated probabilities. They are kept 1e-6 from 0 and 1, so that no set is impossible.
    label_sets : numpy.ndarray
        Shape (sets, labels), 0 or 1: the distinct label sets of the training rows.
    shares : numpy.ndarray
        Shape (sets,): share of the training rows with each set, all above 0.

    Returns
    -------
    numpy.ndarray
        Shape (n, sets); rows sum to 1. Where the sets cannot have the marginals (all hold nucleus, say), what the
        fitting comes to in :data:`ROUNDS` rounds.

    Raises
    ------
    InputError
        When a score is not in [0, 1], or sets, shares and scores do not fit.
    """
    scores, label_sets, shares = np.asarray(scores, dtype=float), checked_sets(label_sets), np.asarray(shares)
    if scores.ndim != 2 or scores.shape[1] != label_sets.shape[1] or shares.shape != label_sets.shape[:1]:
        raise InputError(
            f"Scores of shape {scores.shape} and shares of shape {shares.shape} do not fit "
            f"{len(label_sets)} label sets of {label_sets.shape[1]} labels",
            "scores, shares",
            "scores of shape (rows, labels) and one share per set",
            "use the label sets of the same locations",
        )
    if not ((scores >= 0) & (scores <= 1)).all() or not (shares > 0).all():
        raise InputError(
            "A score or a share is not a probability",
            "scores, shares",
            "scores from 0 to 1, shares above 0",
            "calibrate the scores before this rule, and leave out sets that no row has",
        )
    marginals = np.clip(scores, MARGIN, 1 - MARGIN).T
    halves = [
        (np.flatnonzero(members), wanted)
        for holds, share in zip(label_sets.T.astype(bool), marginals)
        if holds.any() and not holds.all()
        for members, wanted in ((holds, share), (~holds, 1 - share))
    ]
    # A row for each label set, so that those that hold a label are whole rows.
    posterior = np.repeat((shares / shares.sum())[:, None], len(scores), axis=1)
    for _ in range(ROUNDS):
        for members, wanted in halves:
            part = posterior[members]
            posterior[members] = part * (wanted / part.sum(axis=0))
    return (posterior / posterior.sum(axis=0)).T


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
    best = expected.argmax(1) if find_objective(metric).higher_is_better else expected.argmin(1)
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
        A metric of ``OBJECTIVES`` that uses predictions.

    Returns
    -------
    numpy.ndarray
        Shape (labels,), each on the grid.

    Raises
    ------
    InputError
        When the metric does not depend on thresholds, or truth and scores do not fit.
    """
    measured = find_objective(metric)
    if measured.uses != "predictions":
        raise InputError(
            f"The metric '{metric}' does not depend on thresholds",
            "metric",
            "a metric of label sets, such as accuracy",
            "name another metric to tune thresholds for",
        )
    truth, scores = checked(truth, scores)
    sign = 1 if measured.higher_is_better else -1

    def values(predicted):
        """Measure label sets of shape (points, n, labels); means over rows of all points at once."""
        if metric in ROW_METRICS:
            return ROW_METRICS[metric](truth, predicted).mean(axis=-1)
        return np.array([measured.function(truth, sets) for sets in predicted])

    chosen, before = np.full(scores.shape[1], 0.5), None
    movable = np.flatnonzero(np.minimum(truth.sum(0), (1 - truth).sum(0)) >= MINIMUM_ROWS)
    # This ends: a change raises the value, or keeps it and comes nearer to 0.5.
    while before is None or not np.array_equal(chosen, before):
        before = chosen
        for label in movable:
            points = np.tile(chosen, (len(GRID), 1))
            points[:, label] = GRID
            # Rounded, so that the last bits of a mean never decide between equally good thresholds.
            reached = np.round(sign * values((scores >= points[:, None, :]).astype(float)), 12)
            chosen = points[reached.argmax()]
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
