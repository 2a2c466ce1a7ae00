"""What thresholds reach that were chosen on the rows they are measured on. It is no result.

Nothing else may use this module. Thresholds that are results are those of
:mod:`mmlmirloc.evaluation.label_sets`, fitted on validation rows.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.evaluation.label_sets import GRID, threshold
from mmlmirloc.evaluation.metrics import MAIN_METRICS, METRICS
from mmlmirloc.files import write_table
from mmlmirloc.objectives import accuracy, checked
from mmlmirloc.scores import read_scores

#: Metrics of the paper's five that thresholds can change.
THRESHOLDED = tuple(name for name in MAIN_METRICS if METRICS[name].uses == "predictions")


def hindsight_thresholds(truth: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Choose one threshold per label for the best accuracy on the very rows that will be measured.

    From 0.5 everywhere, each label in turn takes the best of 0.05, 0.10, ... 0.95 with the others held, in one pass.
    Of equally good thresholds the one nearest 0.5 is taken.

    Parameters
    ----------
    truth : numpy.ndarray
        Shape (n, labels), 0 or 1: test rows.
    scores : numpy.ndarray
        Shape (n, labels).

    Returns
    -------
    numpy.ndarray
        Shape (labels,), each on the grid.

    Raises
    ------
    InputError
        When truth and scores do not fit.
    """
    truth, scores = checked(truth, scores)
    chosen = np.full(scores.shape[1], 0.5)
    for label in range(len(chosen)):
        tried = [np.where(np.arange(len(chosen)) == label, point, chosen) for point in GRID]
        # Rounded, so that the last bits of a mean never decide between equally good thresholds.
        chosen = max(tried, key=lambda thresholds: round(accuracy(truth, threshold(scores, thresholds)), 12))
    return chosen


def measure_hindsight(
    scores: str | Path,
    tests: Iterable[str | Path],
    model: str,
    output: str | Path,
    locations: Sequence[str],
    fixed: float,
) -> None:
    """Measure the ensemble with thresholds chosen on its test rows, beside the fixed one.

    Parameters
    ----------
    scores : path
        Test scores.
    tests : iterable of path
        The test rows, batch by batch.
    model : str
        Whose scores are measured.
    output : path
        Output: metric, fixed, hindsight (means over repeats), repeats, test_rows (of one repeat).
    locations : sequence of str
        In the order of the scores.
    fixed : float
        The threshold that knows no row.

    Raises
    ------
    InputError
        When scores are damaged.
    """
    values: dict[str, list[tuple[float, float]]] = {name: [] for name in THRESHOLDED}
    for run in read_scores([scores], tests, locations, [model])[model].values():
        mean = run.by_fold.mean(axis=0)
        ways = [threshold(mean, points) for points in (fixed, hindsight_thresholds(run.truth, mean))]
        for name, pairs in values.items():
            pairs.append(tuple(METRICS[name].function(run.truth, sets) for sets in ways))
    lines = [[name, *np.mean(pairs, axis=0), len(pairs), len(run.truth)] for name, pairs in values.items()]
    write_table(pd.DataFrame(lines, columns=["metric", "fixed", "hindsight", "repeats", "test_rows"]), output)
