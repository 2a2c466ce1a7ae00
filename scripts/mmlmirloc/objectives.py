"""The metrics that choose: settings on validation rows, constants, thresholds and decision rules.

They are the paper's five and the other reading of two of them. What only reports is in
:mod:`mmlmirloc.evaluation.metrics`, which takes its formulas from here; so a new one there trains nothing again.

Every metric takes the truth and either label sets or scores, and optionally row weights: a matrix of
(draws, rows) that says how often each row was drawn. One call then measures every bootstrap draw.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from mmlmirloc.errors import InputError


def accuracy(truth: np.ndarray, predicted: np.ndarray, weights: np.ndarray | None = None) -> float | np.ndarray:
    """Mean over rows of |common| / |union| (Jaccard), the paper's eq. 11.

    Parameters
    ----------
    truth, predicted : numpy.ndarray
        Shape (n, labels), 0 or 1.
    weights : numpy.ndarray, optional
        Shape (draws, n): weight of each row in each draw.

    Returns
    -------
    float or numpy.ndarray
        Without weights the value, in [0, 1]; with weights shape (draws,).
        A row where both sets are empty counts 1 (our choice: the paper has no such row).

    Raises
    ------
    InputError
        When the shapes differ, no row is there, or a value is neither 0 nor 1.
    """
    return row_mean(row_accuracy(*label_sets(truth, predicted)), weights)


def hamming_loss(truth: np.ndarray, predicted: np.ndarray, weights: np.ndarray | None = None) -> float | np.ndarray:
    """Share of wrong row-label decisions, the paper's eq. 12; arguments as :func:`accuracy`, lower is better."""
    return row_mean(row_hamming_loss(*label_sets(truth, predicted)), weights)


def subset_accuracy(truth: np.ndarray, predicted: np.ndarray, weights: np.ndarray | None = None) -> float | np.ndarray:
    """Share of rows whose whole label set is right, the paper's eq. 13; arguments as :func:`accuracy`."""
    return row_mean(row_subset_accuracy(*label_sets(truth, predicted)), weights)


def f1(truth: np.ndarray, predicted: np.ndarray, weights: np.ndarray | None = None) -> float | np.ndarray:
    """Mean over rows of the row's F1; arguments as :func:`accuracy`.

    The usual example-based F1 (Zhang & Zhou 2013, the paper's reference 70). Two empty sets count 1
    (our choice). The paper's eq. 14 can also be read as :func:`f1_of_means`; both are reported.
    """
    return row_mean(row_f1(*label_sets(truth, predicted)), weights)


def f1_of_means(truth: np.ndarray, predicted: np.ndarray, weights: np.ndarray | None = None) -> float | np.ndarray:
    """Harmonic mean of mean row precision and mean row recall, eq. 14 as written; arguments as :func:`accuracy`.

    The precision of an empty prediction and the recall of an empty truth are 1 where both are empty
    and 0 elsewhere (our choice, in keeping with :func:`f1`).
    """
    truth, predicted = label_sets(truth, predicted)
    common, neither = (truth * predicted).sum(-1), (truth.sum(-1) == 0) & (predicted.sum(-1) == 0)
    precision = row_mean(ratio(common, predicted.sum(-1), neither), weights)
    recall = row_mean(ratio(common, truth.sum(-1), neither), weights)
    harmonic = ratio(2 * np.multiply(precision, recall), np.add(precision, recall), 0.0)
    return float(harmonic) if weights is None else harmonic


def auc_macro(truth: np.ndarray, scores: np.ndarray, weights: np.ndarray | None = None) -> float | np.ndarray:
    """Mean over labels of :func:`roc_auc`; arguments and errors as there.

    The paper's eq. 15, whose sum over samples we read as one over labels, as its own text says of AUC_i. A label
    with one class only is left out (of that draw); nan where none is left.
    """
    areas = roc_auc(truth, scores, weights)
    defined = np.isfinite(areas)
    mean = ratio(np.where(defined, areas, 0.0).sum(-1), defined.sum(-1), np.nan)
    return float(mean) if weights is None else mean


def auc_macro_labels(truth: np.ndarray, predicted: np.ndarray, weights: np.ndarray | None = None) -> float | np.ndarray:
    """:func:`auc_macro` of 0/1 predictions in the place of scores; arguments as :func:`accuracy`.

    The other reading of the paper's AUC, which may have been computed after thresholding (its Fig. 4 and Table III
    differ). It is the mean over labels of (sensitivity + specificity) / 2; a constant has .5.
    """
    return auc_macro(*label_sets(truth, predicted), weights)


def roc_auc(truth: np.ndarray, scores: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Area under the ROC curve of each label: the chance that a positive row scores above a negative one.

    The Mann-Whitney statistic, a tie counting one half; equal to scikit-learn's `roc_auc_score`, and done
    here because one call must serve thousands of weightings.

    Parameters
    ----------
    truth : numpy.ndarray
        Shape (n, labels), 0 or 1.
    scores : numpy.ndarray
        Shape (n, labels); any finite scale, higher means more likely.
    weights : numpy.ndarray, optional
        Shape (draws, n): weight of each row in each draw.

    Returns
    -------
    numpy.ndarray
        Shape (labels,), with weights (draws, labels); nan for a label with one class only.

    Raises
    ------
    InputError
        When the shapes differ, no row is there, the truth is not 0/1, or a score is not finite.
    """

    def area(positive, negative):
        below = np.cumsum(negative, axis=1) - negative / 2
        return ratio((positive * below).sum(1), positive.sum(1) * negative.sum(1), np.nan)

    return each_label(truth, scores, weights, area)


# Values per row: they work on the last axis and broadcast over those before it.


def row_accuracy(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """|common| / |union| of label sets of shape (..., labels)."""
    return ratio((truth * predicted).sum(-1), np.maximum(truth, predicted).sum(-1), 1.0)


def row_hamming_loss(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Share of labels that differ, of label sets of shape (..., labels)."""
    return (truth != predicted).mean(-1)


def row_subset_accuracy(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """1 where label sets of shape (..., labels) are equal, else 0."""
    return (truth == predicted).all(-1).astype(float)


def row_f1(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """2 |common| / (|truth| + |predicted|) of label sets of shape (..., labels)."""
    return ratio(2 * (truth * predicted).sum(-1), truth.sum(-1) + predicted.sum(-1), 1.0)


#: Metrics that are a mean over rows, by which a decision rule can choose a set: name to the row's value.
ROW_METRICS = {
    "accuracy": row_accuracy,
    "subset_accuracy": row_subset_accuracy,
    "f1": row_f1,
    "hamming_loss": row_hamming_loss,
}


@dataclass(frozen=True)
class Metric:
    """What choosing and reporting need to know of a metric.

    Attributes
    ----------
    name : str
        Its name in every table of the workflow.
    display : str
        Its name for readers.
    higher_is_better : bool
        Whether a larger value is the better one.
    uses : str
        What it is computed from: ``"scores"`` or ``"predictions"``.
    function : callable
        (truth, scores or predictions, weights) to the value.
    """

    name: str
    display: str
    higher_is_better: bool
    uses: str
    function: Callable[..., float | np.ndarray]

    def measure(self, truth, scores, predicted, weights=None) -> float | np.ndarray:
        """Apply the metric to whichever of ``scores`` and ``predicted`` it uses."""
        return self.function(truth, scores if self.uses == "scores" else predicted, weights)


def by_name(*metrics: Metric) -> dict[str, Metric]:
    """Metric name to metric, in the order given."""
    return {metric.name: metric for metric in metrics}


#: The paper's five in the paper's order, then the other readings of F1 and AUC.
OBJECTIVES = by_name(
    Metric("accuracy", "Accuracy", True, "predictions", accuracy),
    Metric("auc_macro", "Macro AUC", True, "scores", auc_macro),
    Metric("subset_accuracy", "Subset accuracy", True, "predictions", subset_accuracy),
    Metric("f1", "F1", True, "predictions", f1),
    Metric("hamming_loss", "Hamming loss", False, "predictions", hamming_loss),
    Metric("f1_of_means", "F1 of means", True, "predictions", f1_of_means),
    Metric("auc_macro_labels", "Macro AUC of labels", True, "predictions", auc_macro_labels),
)


def value_of(
    objective: str, truth: np.ndarray, scores: np.ndarray, predicted: np.ndarray | None = None, threshold: float = 0.5
) -> float:
    """Measure one system by the metric that chooses.

    Parameters
    ----------
    objective : str
        Name in :data:`OBJECTIVES`.
    truth : numpy.ndarray
        Shape (n, labels), 0 or 1.
    scores : numpy.ndarray
        Shape (n, labels).
    predicted : numpy.ndarray, optional
        Shape (n, labels), 0 or 1: the label sets of a decision rule.
    threshold : float
        Without ``predicted``, a label is predicted where its score is at least this.

    Returns
    -------
    float
        nan where the metric is undefined.

    Raises
    ------
    InputError
        When the metric is unknown, shapes differ, no row is there, labels are not 0/1, or a score is not finite (also
        where the metric is one of label sets: a threshold would hide that a training diverged).
    """
    truth, scores = checked(truth, scores)
    predicted = scores >= threshold if predicted is None else predicted
    return find_objective(objective).measure(truth, scores, predicted)


def find_objective(name: str) -> Metric:
    """Return the metric of :data:`OBJECTIVES` called ``name``; raises as :func:`find_among`."""
    return find_among(OBJECTIVES, name)


def find_among(known: Mapping[str, Metric], name: str) -> Metric:
    """Return the metric called ``name``.

    Raises
    ------
    InputError
        When there is none; the message lists the known ones.
    """
    if name not in known:
        raise InputError(f"Unknown metric '{name}'", "metric", f"one of {', '.join(known)}", "correct the name")
    return known[name]


def row_mean(rows: np.ndarray, weights: np.ndarray | None) -> float | np.ndarray:
    """Mean of shape (n,) values, or their weighted mean in each of (draws, n) weights."""
    if weights is None:
        return float(rows.mean())
    # einsum, not @: its sum does not depend on how many threads the linear algebra library uses.
    return np.einsum("dn,n->d", weights, rows) / weights.sum(1)


def ratio(part: np.ndarray, whole: np.ndarray, otherwise: np.ndarray | float) -> np.ndarray:
    """``part / whole``, and ``otherwise`` where ``whole`` is 0."""
    part, whole = np.broadcast_arrays(part, whole)
    values = np.broadcast_to(otherwise, whole.shape).astype(float)
    return np.divide(part, whole, out=values, where=whole > 0)


def each_label(truth, scores, weights, area: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> np.ndarray:
    """Give ``area`` each label's weight of positive and of negative rows per distinct score, ascending."""
    truth, scores = checked(truth, scores)
    draws = np.ones((1, len(truth))) if weights is None else weights
    areas = []
    for labels, values in zip(truth.T, scores.T, strict=True):
        order = np.argsort(values, kind="stable")
        # Rows of one score are one step of the curve: that is what makes a tie count one half.
        starts = np.flatnonzero(np.diff(values[order], prepend=-np.inf))
        positive = np.add.reduceat(draws[:, order] * labels[order], starts, axis=1)
        negative = np.add.reduceat(draws[:, order] * (1 - labels[order]), starts, axis=1)
        areas.append(area(positive, negative))
    areas = np.stack(areas, axis=-1)
    return areas[0] if weights is None else areas


def label_sets(truth: np.ndarray, predicted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both as float arrays of one shape (n, labels) with nothing but 0 and 1, or raise InputError."""
    truth, predicted = checked(truth, predicted)
    require_labels(predicted, "predicted")
    return truth, predicted


def checked(truth: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both as float arrays of one shape (n, labels), the first 0/1, the second finite, or raise InputError."""
    truth, values = np.asarray(truth, dtype=float), np.asarray(values, dtype=float)
    if truth.ndim != 2 or truth.shape != values.shape or truth.size == 0:
        raise InputError(
            f"Truth of shape {truth.shape} cannot be compared with values of shape {values.shape}",
            "truth, values",
            "two arrays of the same shape (rows, labels) with at least one row and one label",
            "check that both come from the same rows and locations",
        )
    require_labels(truth, "truth")
    if not np.isfinite(values).all():
        raise InputError(
            f"{int((~np.isfinite(values)).sum())} values are not finite numbers",
            "scores",
            "a finite number for every row and label",
            "look in the log of the model that wrote the scores; its training may have diverged",
        )
    return truth, values


def require_labels(labels: np.ndarray, where: str) -> None:
    """Raise InputError unless every value is 0 or 1."""
    wrong = labels[(labels != 0) & (labels != 1)]
    if wrong.size:
        raise InputError(
            f"A label is {wrong[0]:g}", where, "0 or 1 everywhere", "pass label sets, not scores (see decisions.py)"
        )
