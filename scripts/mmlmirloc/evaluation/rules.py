"""Decision rules side by side, each fitted on validation rows; and which of them those rows prefer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmlmirloc.evaluation.calibration import apply_platt, fit_platt
from mmlmirloc.evaluation.label_sets import expected_best, posterior_from_scores, threshold, tune_thresholds
from mmlmirloc.evaluation.names import FIXED, TUNED
from mmlmirloc.objectives import ROW_METRICS, find_objective, value_of

EXPECTED = {f"expected_{metric}": metric for metric in ROW_METRICS}

RULES = (FIXED, TUNED, *EXPECTED)
"""fixed: one threshold for all; thresholds: one per label; expected_<metric>: the label set that is best by the metric
under the posterior. ``chosen`` stands for the one of them that validation rows prefer."""


@dataclass(frozen=True)
class FittedRules:
    """What the rules know, all of it of validation rows.

    Attributes
    ----------
    fixed : float
        The threshold of the rule ``fixed``.
    thresholds, slopes, offsets : numpy.ndarray
        Shape (labels,): of the rule ``thresholds``, and of Platt scaling.
    label_sets, shares : numpy.ndarray
        Shapes (sets, labels) and (sets,): the label sets of the rows, and how frequent they are.
    """

    fixed: float
    thresholds: np.ndarray
    slopes: np.ndarray
    offsets: np.ndarray
    label_sets: np.ndarray
    shares: np.ndarray

    @classmethod
    def fit(cls, truth: np.ndarray, scores: np.ndarray, fixed: float, objective: str) -> "FittedRules":
        """Fit on validation rows: truth and scores of shape (n, labels), each score by a model that did not see it."""
        label_sets, counts = np.unique(truth.astype(int), axis=0, return_counts=True)
        thresholds = tune_thresholds(truth, scores, objective)
        return cls(fixed, thresholds, *fit_platt(truth, scores), label_sets, counts / counts.sum())

    def calibrate(self, by_fold: np.ndarray) -> np.ndarray:
        """Return the mean of the fold models' calibrated scores; (folds, n, labels) to (n, labels)."""
        return apply_platt(by_fold, self.slopes, self.offsets).mean(axis=0)

    def predict(self, rule: str, by_fold: np.ndarray) -> np.ndarray:
        """Return the label sets, shape (n, labels), that a rule of :data:`RULES` takes from (folds, n, labels)."""
        return self.predict_by_each([rule], by_fold)[rule]

    def predict_by_each(self, rules: Sequence[str], by_fold: np.ndarray) -> dict[str, np.ndarray]:
        """Return rule -> label sets, as :meth:`predict` does; the posterior, which costs most, is made once for all."""
        ensemble, predicted = by_fold.mean(axis=0), {}
        if any(rule in EXPECTED for rule in rules):
            posterior = posterior_from_scores(self.calibrate(by_fold), self.label_sets, self.shares)
        for rule in rules:
            if rule in EXPECTED:
                predicted[rule] = expected_best(posterior, self.label_sets, EXPECTED[rule])
            else:
                predicted[rule] = threshold(ensemble, self.fixed if rule == FIXED else self.thresholds)
        return predicted


def rule_values(
    truth: np.ndarray, scores: np.ndarray, folds: np.ndarray, rules: Sequence[str], fixed: float, objective: str
) -> dict[str, float]:
    """Measure each rule on validation rows that it was not fitted on: fitted on all folds but one, for each in turn.

    Parameters
    ----------
    truth, scores : numpy.ndarray
        Shape (n, labels), of validation rows.
    folds : numpy.ndarray
        Shape (n,): the fold of each row.
    rules : sequence of str
        Names of :data:`RULES`.
    fixed : float
        The threshold of the rule ``fixed``.
    objective : str
        A metric of label sets, of :data:`mmlmirloc.objectives.OBJECTIVES`.

    Returns
    -------
    dict of str to float
        Rule to its value over all rows.
    """
    predicted = {rule: np.zeros(truth.shape, dtype=int) for rule in rules}
    for fold in np.unique(folds):
        inside = folds == fold
        fitted = FittedRules.fit(truth[~inside], scores[~inside], fixed, objective)
        for rule, sets in fitted.predict_by_each(rules, scores[None, inside]).items():
            predicted[rule][inside] = sets
    return {rule: value_of(objective, truth, scores, predicted[rule]) for rule in rules}


def best_rule(values: dict[str, float], objective: str) -> str:
    """Return the rule with the best value, the first of equals."""
    sign = 1 if find_objective(objective).higher_is_better else -1
    return max(values, key=lambda rule: sign * round(values[rule], 12))
