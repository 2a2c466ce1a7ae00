"""Score the test rows of a split with the fold models of several models."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.features import Rows
from mmlmirloc.files import part_of, read_table
from mmlmirloc.job import progress
from mmlmirloc.registry import load
from mmlmirloc.scores import lines, write_scores
from mmlmirloc.training import Model, fold_path, read_chosen, repeat_folder, rows_of
from mmlmirloc.views.cache import read_view


@dataclass(frozen=True)
class Trained:
    """A batch of repeats of a trained model.

    Attributes
    ----------
    name : str
        The model's id.
    model : Model
        The same as in training; its settings are taken from ``fitted``.
    repeats : sequence of int
        The repeats that it was trained on.
    test, fitted : str
        The test rows of these repeats, and the directory of :func:`mmlmirloc.training.train_models`.
    """

    name: str
    model: Model
    repeats: Sequence[int]
    test: str
    fitted: str


def score_models(trained: Iterable[Trained], output: str | Path, locations: Sequence[str]) -> None:
    """Score the test rows of each repeat with each of its fold models.

    Parameters
    ----------
    trained : iterable of Trained
        What to score, model by model.
    output : path
        Output: scores of :mod:`mmlmirloc.scores`.
    locations : sequence of str
        Label columns.

    Raises
    ------
    InputError
        When the model of a fold is missing or damaged, or a table lacks a repeat.
    """
    rows = lru_cache(lambda test: _test_rows(test))
    parts = [part for one in progress(list(trained), "models") for part in _scores(one, rows(one.test), locations)]
    write_scores(parts, output)


def _test_rows(test: str) -> pd.DataFrame:
    return read_table(test, columns=["repeat", "accession", "sequence"], text=["accession", "sequence"])


def _scores(trained: Trained, rows: pd.DataFrame, locations: Sequence[str]) -> Iterable[pd.DataFrame]:
    learner = load("models", trained.model.learner, "config/models.tsv").Learner
    for repeat in trained.repeats:
        part = rows_of(rows, repeat, trained.test)
        accessions, sequences = part["accession"].tolist(), part["sequence"].tolist()
        folder, hidden = repeat_folder(trained.fitted, trained.name, repeat), np.empty((len(part), 0))
        with part_of(trained.fitted):
            folds, settings = read_chosen(folder)
            fits = [learner.load(fold_path(folder, fold), settings, list(locations)) for fold in range(folds)]
        for fold, fit in enumerate(fits):
            views = {
                name: read_view(view, repeat, fold, accessions, sequences) for name, view in trained.model.views.items()
            }
            levels = {"model": trained.name, "repeat": repeat, "fold": fold}
            yield lines(levels, accessions, fit.score(Rows(views, hidden)), locations)
