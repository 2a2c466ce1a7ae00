"""Train a model on the folds of a training table, and score test rows with the fold models.

Two functions for two jobs: :func:`train_model` never gets a path of the test rows.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mmlmirloc.evaluation.metrics import METRICS, evaluate
from mmlmirloc.features import Rows
from mmlmirloc.files import damaged, part_of, read_table, write_table
from mmlmirloc.job import logger, progress
from mmlmirloc.registry import load
from mmlmirloc.views.cache import ViewFiles, read_view


@dataclass(frozen=True)
class Model:
    """A row of models.tsv, resolved.

    Attributes
    ----------
    learner : str
        Module of ``mmlmirloc.models``.
    settings : mapping
        The learner's settings with the row's overrides.
    grid : mapping of str to list
        Settings to choose among by cross-validation; empty for none.
    views : mapping of str to ViewFiles
        The views, in the row's order.
    """

    learner: str
    settings: Mapping[str, Any]
    grid: Mapping[str, Sequence[Any]]
    views: Mapping[str, ViewFiles]

    @classmethod
    def of(cls, spec: Mapping[str, Any], paths: Sequence[str]) -> "Model":
        """Join a resolved row (see :func:`mmlmirloc.settings.experiments`) and the paths of its views."""
        views = {
            name: ViewFiles(view["kind"], view["settings"], path)
            for (name, view), path in zip(spec["views"].items(), paths)
        }
        return cls(spec["learner"], spec["settings"], spec["grid"], views)

    def candidates(self) -> list[dict[str, Any]]:
        """All points of the grid, each a full set of settings, in the grid's order."""
        points = product(*self.grid.values())
        return [{**self.settings, **dict(zip(self.grid, point))} for point in points]


def train_model(
    train: str | Path,
    fitted: str | Path,
    validation_scores: str | Path,
    history: str | Path,
    tuning: str | Path,
    model: Model,
    locations: Sequence[str],
    objective: str,
    seed: int,
) -> None:
    """Fit one model per fold on the other folds' rows; choose the grid's best point by their own validation rows.

    Parameters
    ----------
    train : path
        Training rows: accession, sequence, locations, fold.
    fitted : path
        Output directory: ``fold-<k>.model`` and ``settings.json`` (the number of folds and the chosen
        point).
    validation_scores : path
        Output: accession, location, fold, score, truth, each training row scored by the model that did not see it.
    history : path
        Output: fold, epoch, train_loss, validation_loss of the chosen point (header only without epochs).
    tuning : path
        Output: one row per point of the grid: its settings, the objective's mean and sd over folds, chosen (0/1).
    model : Model
        What to train.
    locations : sequence of str
        Label columns.
    objective : str
        Name of the metric that chooses the point of the grid.
    seed : int
        Fold k uses seed + k.
    """
    rows = read_table(train, columns=["accession", "sequence", *locations, "fold"], text=["accession", "sequence"])
    folds = [_fold(rows, fold, model, locations) for fold in range(rows["fold"].nunique())]
    candidates = model.candidates()
    fits = [
        [_fit(model, settings, fold, locations, seed) for fold in folds]
        for settings in progress(candidates, "settings", unit="point")
    ]
    values = np.array(
        [[evaluate(fold.validation.labels, fit.scores)[objective] for fold, fit in zip(folds, row)] for row in fits]
    )
    chosen = _best(values.mean(axis=1), objective)
    logger.info("%d folds; chose setting %d of %d by %s", len(folds), chosen + 1, len(candidates), objective)
    _write_fitted(Path(fitted), fits[chosen], candidates[chosen])
    parts = [
        long_scores(fold.accessions, fold.validation.labels, fit.scores, locations, fold.number)
        for fold, fit in zip(folds, fits[chosen])
    ]
    write_table(pd.concat(parts), validation_scores)
    epochs = [{"fold": fold.number, **epoch} for fold, fit in zip(folds, fits[chosen]) for epoch in fit.history]
    write_table(pd.DataFrame(epochs, columns=["fold", "epoch", "train_loss", "validation_loss"]), history)
    write_table(_tuning_table(model.grid, candidates, values, objective, chosen), tuning)


@dataclass(frozen=True)
class _Fold:
    number: int
    accessions: list[str]  # of the validation rows
    train: Rows
    validation: Rows


@dataclass(frozen=True)
class _Fit:
    learner: Any
    history: list[dict[str, float]]
    scores: np.ndarray  # of the validation rows


def _fold(rows: pd.DataFrame, fold: int, model: Model, locations: Sequence[str]) -> _Fold:
    validated = (rows["fold"] == fold).to_numpy()
    accessions, sequences = rows["accession"].tolist(), rows["sequence"].tolist()
    views = {name: read_view(view, fold, accessions, sequences) for name, view in model.views.items()}
    labels = rows[list(locations)].to_numpy()
    train, validation = (
        Rows({name: features.rows(mask) for name, features in views.items()}, labels[mask])
        for mask in (~validated, validated)
    )
    return _Fold(fold, rows.loc[validated, "accession"].tolist(), train, validation)


def _fit(model: Model, settings: Mapping[str, Any], fold: _Fold, locations: Sequence[str], seed: int) -> _Fit:
    learner = load("models", model.learner, "config/models.tsv").Learner(settings, list(locations), seed + fold.number)
    history = learner.fit(fold.train, fold.validation)
    return _Fit(learner, history, learner.score(fold.validation))


def _best(means: np.ndarray, objective: str) -> int:
    """Return the number of the best point; the first of equals, never one whose value is undefined in a fold."""
    signed = means if METRICS[objective].higher_is_better else -means
    return int(np.argmax(np.where(np.isnan(signed), -np.inf, signed)))


def _write_fitted(folder: Path, fits: Sequence[_Fit], settings: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for fold, fit in enumerate(fits):
        fit.learner.save(fold_path(folder, fold))
    chosen = {"folds": len(fits), "settings": settings}
    (folder / "settings.json").write_text(json.dumps(chosen, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read_chosen(fitted: Path) -> tuple[int, dict[str, Any]]:
    """Return the number of folds and the chosen settings of a trained model.

    Raises
    ------
    InputError
        When the file is missing or damaged.
    """
    path = fitted / "settings.json"
    try:
        chosen = json.loads(path.read_text(encoding="utf-8"))
        return chosen["folds"], chosen["settings"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise damaged(path, error) from None


def fold_path(folder: Path, fold: int) -> Path:
    """Where the model of a fold is kept."""
    return folder / f"fold-{fold:02d}.model"


def _tuning_table(
    grid: Mapping, candidates: Sequence[Mapping], values: np.ndarray, objective: str, chosen: int
) -> pd.DataFrame:
    table = pd.DataFrame([{key: candidate[key] for key in grid} for candidate in candidates])
    table["objective"] = objective
    table["mean"], table["sd"] = values.mean(axis=1), values.std(axis=1, ddof=1)
    table["chosen"] = (np.arange(len(candidates)) == chosen).astype(int)
    return table


def score_model(
    test: str | Path, fitted: str | Path, output: str | Path, model: Model, locations: Sequence[str]
) -> None:
    """Score the test rows with every fold model.

    Parameters
    ----------
    test : path
        Test rows: accession, sequence, locations.
    fitted : path
        Directory of :func:`train_model`.
    output : path
        Output: accession, location, fold, score, truth.
    model : Model
        The same as in training; its settings are taken from ``fitted``.
    locations : sequence of str
        Label columns.

    Raises
    ------
    InputError
        When the model of a fold is missing or damaged.
    """
    rows = read_table(test, columns=["accession", "sequence", *locations], text=["accession", "sequence"])
    accessions, labels = rows["accession"].tolist(), rows[list(locations)].to_numpy()
    hidden = np.empty((len(rows), 0))
    learner = load("models", model.learner, "config/models.tsv").Learner
    with part_of(fitted):
        folds, settings = read_chosen(Path(fitted))
        fits = [learner.load(fold_path(Path(fitted), fold), settings, list(locations)) for fold in range(folds)]
    parts = []
    for fold, fit in enumerate(fits):
        views = {
            name: read_view(view, fold, accessions, rows["sequence"].tolist()) for name, view in model.views.items()
        }
        parts.append(long_scores(accessions, labels, fit.score(Rows(views, hidden)), locations, fold))
    write_table(pd.concat(parts), output)


def long_scores(
    accessions: Sequence[str], labels: np.ndarray, scores: np.ndarray, locations: Sequence[str], fold: int
) -> pd.DataFrame:
    """One line per row and location: accession, location, fold, score, truth."""
    width = len(locations)
    return pd.DataFrame(
        {
            "accession": np.repeat(accessions, width),
            "location": np.tile(locations, len(accessions)),
            "fold": fold,
            "score": scores.ravel(),
            "truth": labels.ravel().astype(int),
        }
    )
