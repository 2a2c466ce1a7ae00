"""The metrics that report: those that choose, and what only tables and figures show.

A new metric goes here, and trains nothing again; one that is to choose as well goes to :mod:`mmlmirloc.objectives`.
"""

import numpy as np

from mmlmirloc.objectives import OBJECTIVES, Metric, by_name, checked, each_label, find_among, ratio, roc_auc


def auc_within(
    truth: np.ndarray, scores: np.ndarray, strata: np.ndarray, weights: np.ndarray | None = None
) -> float | np.ndarray:
    """Macro AUC of pairs of one stratum only: what order is left when the stratum is held fixed.

    Per label the share of pairs, of a positive and a negative row of the same stratum, that are in the right order (a
    stratum counts by its number of pairs); then the mean over labels.

    Parameters
    ----------
    truth, scores, weights
        As in :func:`roc_auc`.
    strata : numpy.ndarray
        Shape (n,): the stratum of each row.

    Returns
    -------
    float or numpy.ndarray
        Without weights the value; with weights shape (draws,). nan where no label has a pair.

    Raises
    ------
    InputError
        As :func:`roc_auc`.
    """
    truth, scores = checked(truth, scores)
    draws = np.ones((1, len(truth))) if weights is None else weights
    ordered = pairs = 0.0
    for stratum in np.unique(strata):
        inside = np.asarray(strata) == stratum
        positive = np.einsum("dn,nl->dl", draws[:, inside], truth[inside])
        both = positive * np.einsum("dn,nl->dl", draws[:, inside], 1 - truth[inside])
        areas = roc_auc(truth[inside], scores[inside], draws[:, inside])
        ordered, pairs = ordered + np.where(both > 0, areas, 0) * both, pairs + both
    areas = ratio(ordered, pairs, np.nan)
    defined = np.isfinite(areas)
    mean = ratio(np.where(defined, areas, 0.0).sum(-1), defined.sum(-1), np.nan)
    return float(mean[0]) if weights is None else mean


def average_precision(truth: np.ndarray, scores: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Area under the precision-recall curve of each label; arguments, shapes and errors as :func:`roc_auc`.

    The step-wise sum of scikit-learn's `average_precision_score`; nan for a label without a positive row.
    What a constant score reaches is the label's prevalence.
    """

    def area(positive, negative):
        positive, negative = positive[:, ::-1], negative[:, ::-1]
        hits = np.cumsum(positive, axis=1)
        precision = ratio(hits, hits + np.cumsum(negative, axis=1), 0.0)
        return ratio((positive * precision).sum(1), positive.sum(1), np.nan)

    return each_label(truth, scores, weights, area)


#: What tables of results show: the paper's five in the paper's order, then the other readings of F1 and AUC.
METRICS = dict(OBJECTIVES)

#: Names of the paper's five metrics.
MAIN_METRICS = tuple(METRICS)[:5]

#: Metrics with one value per label (the paper's Fig. 4).
LABEL_METRICS = by_name(
    Metric("roc_auc", "ROC-AUC", True, "scores", roc_auc),
    Metric("pr_auc", "PR-AUC", True, "scores", average_precision),
)


def find_metric(name: str) -> Metric:
    """Return the metric of :data:`METRICS` or :data:`LABEL_METRICS` called ``name``.

    Raises
    ------
    InputError
        When there is none; the message lists the known ones.
    """
    return find_among(METRICS | LABEL_METRICS, name)
