"""The measures of every comparison: one registry of what is measured of a model on the test rows of a repeat."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mmlmirloc.evaluation.calibration import expected_calibration_error
from mmlmirloc.evaluation.metrics import METRICS, auc_within
from mmlmirloc.objectives import Metric, ratio, row_mean


@dataclass(frozen=True)
class Run:
    """One model on the test rows of one repeat.

    Attributes
    ----------
    accessions : list of str
        The n rows.
    truth, scores, calibrated : numpy.ndarray
        Shape (n, locations).
    by_fold : numpy.ndarray
        Shape (folds, n, locations): the scores of the fold models.
    sets : dict of str to numpy.ndarray
        Rule to label sets of shape (n, locations).
    known : dict of str to numpy.ndarray
        Rule to shape (n,): 1 where some training row has the row's set.
    fifths, twentieths : numpy.ndarray or None
        Shape (n,): fifth and twentieth of the dataset by accession number, 0 the oldest. None where there is no age.
    implication : tuple of int or None
        Positions of two locations of which the first should imply the second. None where nothing is asked.
    """

    accessions: list[str]
    truth: np.ndarray
    scores: np.ndarray
    calibrated: np.ndarray
    by_fold: np.ndarray
    sets: dict[str, np.ndarray]
    known: dict[str, np.ndarray]
    fifths: np.ndarray | None
    twentieths: np.ndarray | None
    implication: tuple[int, int] | None


def _measure(metric: Metric) -> "Measure":
    """Return a metric of every table as a measure of runs."""
    by_rule = metric.uses == "predictions"
    return Measure(
        metric.display,
        1 if metric.higher_is_better else -1,
        by_rule,
        lambda run, rule, weights: metric.measure(run.truth, run.scores, run.sets[rule] if by_rule else None, weights),
    )


def _known_sets(run: Run, rule: str, weights) -> float | np.ndarray:
    return row_mean(run.known[rule], weights)


def _implied(run: Run, rule: str, weights) -> float | np.ndarray:
    sets, (first, second) = run.sets[rule], run.implication
    weights, one = np.ones((1, len(sets))) if weights is None else weights, weights is None
    both = np.einsum("dn,n->d", weights, sets[:, first] * sets[:, second])
    share = ratio(both, np.einsum("dn,n->d", weights, sets[:, first]), np.nan)
    return float(share[0]) if one else share


def _brier(field: str) -> Callable:
    return lambda run, rule, weights: row_mean(((getattr(run, field) - run.truth) ** 2).mean(axis=1), weights)


def _calibration_error(field: str) -> Callable:
    def measure(run, rule, weights):
        # No interval for one split: a bin's frequency is no mean over rows.
        error = expected_calibration_error(run.truth, getattr(run, field))
        return error if weights is None else np.full(len(weights), np.nan)

    return measure


@dataclass(frozen=True)
class Measure:
    """A column of numbers of the trust table.

    Attributes
    ----------
    display : str
        Its name for readers.
    sign : int
        1 where higher is better, -1 where lower is, 0 where neither; only the former two are compared with references.
    by_rule : bool
        Whether it is of label sets, hence one number for each rule.
    function : callable
        (run, rule, weights) to the value, with weights (draws, n) to (draws,).
    """

    display: str
    sign: int
    by_rule: bool
    function: Callable


MEASURES = {
    **{name: _measure(metric) for name, metric in METRICS.items()},
    "auc_within_fifths": Measure(
        "Macro AUC within fifths by accession",
        1,
        False,
        lambda run, rule, weights: auc_within(run.truth, run.scores, run.fifths, weights),
    ),
    "auc_within_twentieths": Measure(
        "Macro AUC within twentieths by accession",
        1,
        False,
        lambda run, rule, weights: auc_within(run.truth, run.scores, run.twentieths, weights),
    ),
    "brier": Measure("Brier score", 0, False, _brier("scores")),
    "brier_calibrated": Measure("Brier score, calibrated", 0, False, _brier("calibrated")),
    "calibration_error": Measure("Calibration error", 0, False, _calibration_error("scores")),
    "calibration_error_calibrated": Measure(
        "Calibration error, calibrated", 0, False, _calibration_error("calibrated")
    ),
    "known_label_sets": Measure("Label sets that training rows have", 0, True, _known_sets),
    "implication": Measure("Implication kept", 0, True, _implied),
}
"""The metrics of every table first, and then what only a comparison over repeats shows."""

# What a run must have for a measure to be of it.
_NEEDED = {"auc_within_fifths": "fifths", "auc_within_twentieths": "twentieths", "implication": "implication"}


def measures_of(run: Run) -> dict[str, Measure]:
    """Return the measures of a run: without those within like age, or of an implication, where it has none."""
    lacked = {measure for measure, part in _NEEDED.items() if getattr(run, part) is None}
    return {name: measure for name, measure in MEASURES.items() if name not in lacked}
