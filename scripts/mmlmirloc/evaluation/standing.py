"""Whether a model is clearly above what knows no sequence, on one set of test rows."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.metrics import METRICS, Metric
from mmlmirloc.evaluation.names import CONSTANT, ERA
from mmlmirloc.evaluation.statistics import paired_interval
from mmlmirloc.evaluation.summary import Scores, read_scores


def standings(
    scores: Mapping[str, str | Path],
    constants: Sequence[str | Path],
    era: str | Path,
    locations: Sequence[str],
    threshold: float,
    draws: int,
    level: float,
    seed: int,
) -> dict[tuple[str, str], str]:
    """Say for each model and metric which of the best constant and era the ensemble is not clearly above.

    Clearly: the paired bootstrap interval of the difference, over test rows, lies on the better side of 0. The best
    constant is the one that is best on these very rows by the metric, which favours the constants.

    Parameters
    ----------
    scores : mapping
        Model -> its long scores.
    constants : sequence of path
        Long scores of models that always answer the same.
    era : path
        Long scores of the era predictor.
    locations : sequence of str
        In the order of the scores.
    threshold : float
        Scores from it on are predicted.
    draws, level, seed
        Of the bootstrap.

    Returns
    -------
    dict
        (model, metric) -> "", "constant", "era" or "constant+era"; models that are constants or era themselves are
        left out.

    Raises
    ------
    InputError
        When the models have other test rows than the references.
    """
    fixed = [read_scores(path, locations) for path in constants]
    known = {str(path) for path in (*constants, era)}
    oldest = read_scores(era, locations)
    found = {}
    for model, path in scores.items():
        if str(path) in known:
            continue
        ours = read_scores(path, locations)
        _require_same_rows(model, ours, [*fixed, oldest])
        for name, metric in METRICS.items():
            best = max(fixed, key=lambda other: _sign(metric) * _value(metric, other, threshold))
            below = [
                reference
                for reference, other in ((CONSTANT, best), (ERA, oldest))
                if not _clearly_above(metric, ours, other, threshold, draws, level, seed)
            ]
            found[model, name] = "+".join(below)
    return found


def _sign(metric: Metric) -> int:
    return 1 if metric.higher_is_better else -1


def _ensemble(scores: Scores, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    mean = scores.by_fold.mean(axis=0)
    return mean, (mean >= threshold).astype(int)


def _value(metric: Metric, scores: Scores, threshold: float) -> float:
    return metric.measure(scores.truth, *_ensemble(scores, threshold))


def _clearly_above(
    metric: Metric, ours: Scores, other: Scores, threshold: float, draws: int, level: float, seed: int
) -> bool:
    pair = (*_ensemble(ours, threshold), *_ensemble(other, threshold))
    low, high = paired_interval(ours.truth, *pair, metric.name, draws=draws, seed=seed, level=level)
    return bool(low > 0 if metric.higher_is_better else high < 0)


def _require_same_rows(model: str, ours: Scores, others: Sequence[Scores]) -> None:
    for other in others:
        if ours.accessions != other.accessions or not np.array_equal(ours.truth, other.truth):
            raise InputError(
                f"Model {model} has other test rows or labels than the constants and era",
                "scores",
                "scores of one split and repeat",
                "delete the model's scores of this split and run the same command again",
            )
