"""What changes when one ambiguity of the paper is read the other way, one at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.evaluation.metrics import MAIN_METRICS
from mmlmirloc.evaluation.one_split import fold_mean, sd
from mmlmirloc.evaluation.statistics import bootstrap_interval
from mmlmirloc.files import damaged, write_table
from mmlmirloc.scores import Scores, read_scores

COLUMNS = ["setting", "value", "metric", "fold_mean", "fold_sd", "fold_mean_low", "fold_mean_high"]
DIFFERENCE = ["difference", "difference_low", "difference_high"]


@dataclass(frozen=True)
class Variant:
    """One row of the table.

    Attributes
    ----------
    setting, value : str
        What is varied, and how.
    model : str
        The model that is measured.
    threshold : float
        Scores from it on are predicted.
    repeat : int
        The repeat that is measured.
    scores, test : str
        Test scores with the model's, and the test rows with the repeat.
    """

    setting: str
    value: str
    model: str
    threshold: float
    repeat: int
    scores: str
    test: str

    def read(self, locations: Sequence[str]) -> Scores:
        """Read the scores of the repeat; raises InputError where it is not there."""
        found = read_scores([self.scores], [self.test], locations, [self.model])[self.model]
        if self.repeat not in found:
            raise damaged(self.scores, KeyError(f"repeat {self.repeat}"))
        return found[self.repeat]


def measure_sensitivity(
    variants: Sequence[Variant], output: str | Path, locations: Sequence[str], draws: int, level: float, seed: int
) -> None:
    """Measure each variant and its difference to the first, which is the default.

    Parameters
    ----------
    variants : sequence of Variant
        The default first.
    output : path
        Output: the columns ``COLUMNS`` and ``DIFFERENCE``. The difference is that of the fold means, its interval a
        paired bootstrap over test rows; it has none where the variant has other test rows than the default, or other
        labels for them.
    locations, draws, level, seed
        As in :func:`mmlmirloc.evaluation.one_split.measure_split`.
    """
    measured = [(variant, variant.read(locations)) for variant in variants]
    rows = [
        _row(variant, scores, metric, measured[0], draws, level, seed)
        for variant, scores in measured
        for metric in MAIN_METRICS
    ]
    write_table(pd.DataFrame(rows, columns=[*COLUMNS, *DIFFERENCE]), output)


def _row(
    variant: Variant, scores: Scores, metric: str, default: tuple[Variant, Scores], draws: int, level: float, seed: int
) -> list:
    first, its = default
    truth, by_fold = scores.truth, scores.by_fold
    ours = partial(fold_mean, truth, by_fold, variant.threshold, metric)
    theirs = partial(fold_mean, its.truth, its.by_fold, first.threshold, metric)
    spread_over_folds = float(
        sd(np.array([fold_mean(truth, part[None], variant.threshold, metric) for part in by_fold]))
    )
    bounds = bootstrap_interval(ours, len(truth), None, draws, seed, level)
    paired = (np.nan, np.nan)
    if scores.accessions == its.accessions and (truth == its.truth).all():
        paired = bootstrap_interval(
            lambda weights: ours(weights) - theirs(weights), len(truth), None, draws, seed, level
        )
    difference = [float(ours() - theirs()), *paired]
    return [variant.setting, variant.value, metric, float(ours()), spread_over_folds, *bounds, *difference]
