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


def compare_trials(
    scores: Sequence[str | Path],
    test: str | Path,
    metrics: str | Path,
    models: Sequence[str],
    constants: Sequence[str],
    era: str,
    locations: Sequence[str],
    threshold: float,
    draws: int,
    level: float,
    seed: int,
) -> None:
    """Measure models that were tried one by one beside each other.

    Parameters
    ----------
    scores : sequence of path
        Of :func:`try_model`, one for each of ``models``.
    test : path
        The test rows that all of them scored.
    metrics : path
        Output: a table of :func:`mmlmirloc.evaluation.one_split.measure_split`.
    models : sequence of str
        In the order of the table.
    constants, era
        As there.
    locations, threshold, draws, level, seed
        As in :func:`try_model`.

    Raises
    ------
    InputError
        When a file is damaged, or a model scored other rows.
    """
    found = read_scores(scores, [test], locations, models)
    first = {model: by_repeat[min(by_repeat)] for model, by_repeat in found.items()}
    learners = [model for model in models if model not in constants]
    write_table(measure_split(first, learners, constants, era, locations, threshold, draws, level, seed), metrics)
