"""Try one model on one draw of test rows, beside no other."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mmlmirloc.evaluation.one_split import measure_split
from mmlmirloc.files import write_table
from mmlmirloc.scores import read_scores
from mmlmirloc.scoring import Trained, score_models


def try_model(
    trained: Trained,
    scores: str | Path,
    metrics: str | Path,
    locations: Sequence[str],
    threshold: float,
    draws: int,
    level: float,
    seed: int,
) -> None:
    """Score the test rows of the first repeat with one model, and measure it.

    Parameters
    ----------
    trained : Trained
        The model, trained on a batch with the first repeat.
    scores, metrics : path
        Outputs: scores of :mod:`mmlmirloc.scores`, and a table of
        :func:`mmlmirloc.evaluation.one_split.measure_split`.
    locations : sequence of str
        Label columns.
    threshold, draws, level, seed
        As there.
    """
    score_models([replace(trained, repeats=trained.repeats[:1])], scores, locations)
    found = read_scores([scores], [trained.test], locations)
    first = {model: by_repeat[trained.repeats[0]] for model, by_repeat in found.items()}
    write_table(measure_split(first, (), (), "", locations, threshold, draws, level, seed), metrics)
