"""The repeats of a split: each model's mean in either reading, its interval, and paired differences to references."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.metrics import METRICS
from mmlmirloc.evaluation.standing import CONSTANT, ERA
from mmlmirloc.evaluation.statistics import nadeau_bengio
from mmlmirloc.evaluation.summary import Scores, fold_mean, read_repeats
from mmlmirloc.evaluation.trust import ENDS, best_in_hindsight, require_same_rows
from mmlmirloc.files import damaged, read_table, write_table

FOLD_MEAN, ENSEMBLE = READINGS = ("fold_mean", "ensemble")
REFERENCES = (CONSTANT, ERA)
#: With fewer repeats no claim is made: of three the t quantile is 4.3, of ten 2.3.
FEWEST = 10
COLUMNS = [
    *("model", "metric", "reading", "mean", "sd", "ci_low", "ci_high"),
    *(f"minus_{name}{end}" for name in REFERENCES for end in ENDS),
    *("not_above", "repeats", "test_rows"),
]


def summarise_repeats(
    scores: Iterable[tuple[str, str | Path]],
    constants: Sequence[str],
    era: str,
    mirnas: str | Path,
    output: str | Path,
    locations: Sequence[str],
    threshold: float,
    level: float,
) -> None:
    """Measure all models over the repeats of one split.

    Parameters
    ----------
    scores : iterable of tuple
        Model and long scores of a batch of its repeats; a model stands once for each of its batches.
    constants : sequence of str
        Models that always answer the same.
    era : str
        The era predictor.
    mirnas : path
        The dataset that the split divides: what is not tested is trained on.
    output : path
        Output, with the columns ``COLUMNS``: for each model, metric and reading (``fold_mean``: mean over the fold
        models of the metric, the paper's protocol; ``ensemble``: the metric of their mean score) mean and sd over
        repeats, the ends of the Nadeau-Bengio interval (empty below two repeats), the differences to the best constant
        and to era in the same reading, over the repeats that both have, with their intervals, and not_above (which of
        the two the model is not clearly above; empty below ``FEWEST`` repeats, of which no claim is made). The best
        constant is that with the best mean on these very test rows, which favours the constants.
    locations : sequence of str
        In the order of the scores.
    threshold : float
        Scores from it on are predicted.
    level : float
        Of the intervals.

    Raises
    ------
    InputError
        When scores are damaged, or a model has other test rows than the others.
    """
    batches: dict[str, list[str | Path]] = {}
    for model, path in scores:
        batches.setdefault(model, []).append(path)
    found = {model: read_batches(paths, locations) for model, paths in batches.items()}
    require_same_rows(found)
    tested = len(next(iter(next(iter(found.values())).values())).accessions)
    trained = len(read_table(mirnas, columns=["accession"])) - tested
    values = {model: measured(repeats, threshold) for model, repeats in found.items()}
    write_table(repeated(values, constants, era, trained, tested, level), output)


def read_batches(paths: Iterable[str | Path], locations: Sequence[str]) -> dict[int, Scores]:
    """Read the long scores of a model's batches: repeat -> scores of all fold models.

    Raises
    ------
    InputError
        When a file is damaged, or a repeat stands in two of them.
    """
    found: dict[int, Scores] = {}
    for path in paths:
        batch = read_repeats(path, locations)
        twice = sorted(found.keys() & batch.keys())
        if twice:
            raise damaged(path, ValueError(f"repeat {twice[0]} stands in another batch too"))
        found |= batch
    return found


def measured(repeats: Mapping[int, Scores], threshold: float) -> dict[tuple[str, str], dict[int, float]]:
    """Return (metric, reading) -> repeat -> value, of scores that are predicted from ``threshold`` on."""
    found: dict[tuple[str, str], dict[int, float]] = {(name, way): {} for name in METRICS for way in READINGS}
    for repeat, scores in repeats.items():
        mean = scores.by_fold.mean(axis=0)
        for name, metric in METRICS.items():
            values = {
                FOLD_MEAN: fold_mean(scores.truth, scores.by_fold, threshold, name),
                ENSEMBLE: metric.measure(scores.truth, mean, mean >= threshold),
            }
            for reading, value in values.items():
                # Rounded, so that equal means have no spread.
                found[name, reading][repeat] = round(float(value), 12)
    return found


def repeated(
    values: Mapping[str, Mapping[tuple[str, str], Mapping[int, float]]],
    constants: Sequence[str],
    era: str,
    n_train: int,
    n_test: int,
    level: float,
) -> pd.DataFrame:
    """Return the table of :func:`summarise_repeats`.

    Parameters
    ----------
    values : mapping
        Model -> its values of :func:`measured`.
    constants, era, level
        As there.
    n_train, n_test : int
        Rows of a repeat's two parts.
    """
    if not values:
        raise InputError("No model is measured over repeats", "scores", "at least one model", "name a model")
    lines = []
    for model, by_metric in values.items():
        for (metric, reading), ours in by_metric.items():
            mean, low, high = _interval(list(ours.values()), n_train, n_test, level)
            # All metrics lie in [0, 1]; an interval of two or three repeats may not.
            line = [model, metric, reading, mean, pd.Series(ours).std(), np.maximum(low, 0), np.minimum(high, 1)]
            best = _best_constant(values, constants, metric, reading)
            below = []
            for name, other in zip(REFERENCES, (best, era)):
                theirs = values[other][metric, reading] if other in values and other != model else {}
                differences = [ours[repeat] - theirs[repeat] for repeat in ours if repeat in theirs]
                ends = _interval(differences, n_train, n_test, level)
                line += ends
                if len(differences) >= FEWEST and model not in constants and not _clearly_better(ends, metric):
                    below.append(name)
            lines.append([*line, "+".join(below), len(ours), n_test])
    return pd.DataFrame(lines, columns=COLUMNS)


def _best_constant(values: Mapping, constants: Sequence[str], metric: str, reading: str) -> str | None:
    held = {name: values[name][metric, reading] for name in constants if name in values}
    return best_in_hindsight(held, _sign(metric))


def _sign(metric: str) -> int:
    return 1 if METRICS[metric].higher_is_better else -1


def _clearly_better(ends: tuple[float, float, float], metric: str) -> bool:
    return ends[1] > 0 if _sign(metric) > 0 else ends[2] < 0


def _interval(values: Sequence[float], n_train: int, n_test: int, level: float) -> tuple[float, float, float]:
    """Return mean, low and high over the repeats where a metric is defined."""
    defined = [value for value in values if not np.isnan(value)]
    return nadeau_bengio(defined, n_train, n_test, level) if defined else (np.nan, np.nan, np.nan)
