"""Train models on the folds of a training table.

Nothing here gets a path of test rows; :mod:`mmlmirloc.scoring` scores them. A job works through the repeats of a table
in one process, and through all baselines, since to start one costs more than many a training.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mmlmirloc.features import Rows
from mmlmirloc.files import damaged, read_table, write_table
from mmlmirloc.job import logger, progress
from mmlmirloc.objectives import OBJECTIVES, value_of
from mmlmirloc.registry import load
from mmlmirloc.scores import lines
from mmlmirloc.views.cache import ViewFiles, read_view, seed_of_repeat

# Repeats whose fits are handed to the learner together. Networks are trained side by side, which takes less time; more
# of them take more memory and little less time.
TOGETHER = 2


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
    search : str
        ``product``: every combination of the grid's values is tried. ``in_turn``: one setting after the other, in the
        grid's order, with the best values so far of those before it and the first values of those after it.
    views : mapping of str to ViewFiles
        The views, in the row's order.
    """

    learner: str
    settings: Mapping[str, Any]
    grid: Mapping[str, Sequence[Any]]
    search: str
    views: Mapping[str, ViewFiles]

    @classmethod
    def of(cls, spec: Mapping[str, Any], paths: Sequence[str]) -> "Model":
        """Join a resolved row (see :func:`mmlmirloc.settings.experiments`) and the paths of its views."""
        views = {
            name: ViewFiles(view["kind"], view["settings"], path)
            for (name, view), path in zip(spec["views"].items(), paths)
        }
        return cls(spec["learner"], spec["settings"], spec["grid"], spec["search"], views)

    @classmethod
    def several(cls, runs: Sequence[Mapping[str, Any]], paths: Iterable[str]) -> list["Model"]:
        """Join the ``spec`` of each run, a resolved row, and the paths of the views of all, one run after the other."""
        left = iter(paths)
        return [cls.of(run["spec"], list(islice(left, len(run["spec"]["views"])))) for run in runs]

    def rounds(self) -> list[list[str]]:
        """Return the settings that are searched together, round by round."""
        return [[key] for key in self.grid] or [[]] if self.search == "in_turn" else [list(self.grid)]

    def points(self, best: Mapping[str, Any], keys: Sequence[str]) -> list[dict[str, Any]]:
        """Return ``best`` with every combination of the values of ``keys``, the last fastest."""
        return [{**best, **dict(zip(keys, values))} for values in product(*(self.grid[key] for key in keys))]

    def start(self) -> dict[str, Any]:
        """Return the settings with the first value of each searched one."""
        return {**self.settings, **{key: values[0] for key, values in self.grid.items()}}

    def searches(self) -> bool:
        """Whether there is more than one point."""
        return any(len(values) > 1 for values in self.grid.values())


def train_models(
    train: str | Path,
    fitted: str | Path,
    validation_scores: str | Path,
    history: str | Path,
    tuning: str | Path,
    models: Mapping[str, Model],
    repeats: Mapping[str, Sequence[int]],
    locations: Sequence[str],
    objective: str,
    search_folds: int,
    seed: int,
) -> None:
    """Fit each model per repeat and fold on the other folds' rows; choose its grid's best point by validation rows.

    Parameters
    ----------
    train : path
        Training rows: repeat, accession, sequence, locations, fold.
    fitted : path
        Output directory: per model and repeat a folder ``<model>/repeat-<r>`` with ``fold-<k>.model`` and
        ``settings.json`` (the number of folds and the chosen point).
    validation_scores : path
        Output: scores of :mod:`mmlmirloc.scores`, each training row scored by the model that did not see it.
    history : path
        Output: model, repeat, fold, epoch, train_loss, validation_loss and validation_micro_f1 of the chosen point
        (header only without epochs).
    tuning : path
        Output: one row per model, repeat and point that was tried: its settings, the objective's mean and sd over the
        folds that were searched, chosen (0/1).
    models : mapping of str to Model
        Name -> what to train. None knows of the others.
    repeats : mapping of str to sequence of int
        Name -> the repeats of the table to train on.
    locations : sequence of str
        Label columns.
    objective : str
        Name in :data:`mmlmirloc.objectives.OBJECTIVES`: the metric that chooses the point of the grid.
    search_folds : int
        The points of the grid are compared on the first so many folds; then the chosen one is fitted on the others.
    seed : int
        Fold k of repeat r uses seed + 1000 r + k.
    """
    rows = read_table(
        train, columns=["repeat", "accession", "sequence", *locations, "fold"], text=["accession", "sequence"]
    )
    tables = []
    for name, model in models.items():
        for block in progress(_blocks(repeats[name]), f"repeats of {name}", unit=f"{TOGETHER} repeats"):
            searches = [
                _Search(
                    _folds(rows_of(rows, repeat, train), repeat, model, locations),
                    search_folds,
                    model,
                    objective,
                    seed_of_repeat(seed, repeat),
                )
                for repeat in block
            ]
            for repeat, trained in zip(block, _train(searches, model, locations)):
                _tell(name, repeat, trained, objective)
                _write_fitted(repeat_folder(fitted, name, repeat), trained.fits, trained.settings)
                tables.append([_of(name, repeat, table) for table in _tables(trained, locations)])
    for output, parts in zip((validation_scores, history, tuning), zip(*tables)):
        # A table without rows, of a model without epochs, would make text of the others' numbers.
        filled = [part for part in parts if len(part)] or list(parts[:1])
        write_table(pd.concat(filled, ignore_index=True), output)


def _blocks(repeats: Sequence[int]) -> list[list[int]]:
    """Divide repeats into those that are trained together."""
    return [list(repeats[start : start + TOGETHER]) for start in range(0, len(repeats), TOGETHER)]


def _tell(name: str, repeat: int, trained: "_Trained", objective: str) -> None:
    """Log what was chosen."""
    point, points = int(trained.tuning["chosen"].argmax()) + 1, len(trained.tuning)
    folds = len(trained.folds)
    logger.info("%s, repeat %d, %d folds: setting %d of %d by %s", name, repeat, folds, point, points, objective)


def _of(name: str, repeat: int, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the model and the repeat that it is of in front."""
    return table.assign(model=name, repeat=repeat)[["model", "repeat", *table.columns]]


def rows_of(rows: pd.DataFrame, repeat: int, path: str | Path) -> pd.DataFrame:
    """Return the rows of a repeat, numbered anew; raises InputError where the table lacks it."""
    part = rows[rows["repeat"] == repeat].reset_index(drop=True)
    if part.empty:
        raise damaged(path, KeyError(f"repeat {repeat}"))
    return part


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


@dataclass(frozen=True)
class _Trained:
    folds: Sequence[_Fold]
    fits: list[_Fit]  # one per fold, of the chosen point
    settings: dict[str, Any]
    tuning: pd.DataFrame


@dataclass(frozen=True)
class _Asked:
    settings: Mapping[str, Any]
    fold: _Fold
    seed: int


class _Search:
    """What one repeat has tried and found: the points of the grid, in the order in which they were asked for."""

    def __init__(self, folds: Sequence[_Fold], search_folds: int, model: Model, objective: str, seed: int):
        self.folds, self.model, self.objective, self.seed = folds, model, objective, seed
        self.searched = folds[:search_folds] if model.searches() else folds
        self.best = model.start()
        self.chosen = 0
        self.tried: list[dict[str, Any]] = []
        self.fits: list[list[_Fit]] = []
        self.values = np.empty((0, len(self.searched)))

    def ask(self, keys: Sequence[str]) -> list[_Asked]:
        """Return the fits that a round needs: each point that was not tried yet, on each fold that is searched."""
        new = [point for point in self.model.points(self.best, keys) if point not in self.tried]
        self.tried += new
        return [_Asked(point, fold, self.seed + fold.number) for point in new for fold in self.searched]

    def take(self, fits: Sequence[_Fit]) -> None:
        """Take the fits that were asked for, and choose the best point so far."""
        width = len(self.searched)
        self.fits += [list(fits[start : start + width]) for start in range(0, len(fits), width)]
        self.values = np.array(
            [
                [value_of(self.objective, fold.validation.labels, fit.scores) for fold, fit in zip(self.searched, row)]
                for row in self.fits
            ]
        )
        self.chosen = _best(self.values.mean(axis=1), self.objective)
        self.best = self.tried[self.chosen]

    def left(self) -> list[_Asked]:
        """Return the fits of the chosen point on the folds that were not searched."""
        return [_Asked(self.best, fold, self.seed + fold.number) for fold in self.folds[len(self.searched) :]]

    def trained(self, rest: Sequence[_Fit]) -> _Trained:
        """Return what was chosen, with the fits on the folds that were not searched."""
        tuning = _tuning_table(self.model.grid, self.tried, self.values, self.objective, self.chosen)
        return _Trained(self.folds, [*self.fits[self.chosen], *rest], self.best, tuning)


def _folds(rows: pd.DataFrame, repeat: int, model: Model, locations: Sequence[str]) -> list[_Fold]:
    return [_fold(rows, repeat, fold, model, locations) for fold in range(rows["fold"].nunique())]


def _fold(rows: pd.DataFrame, repeat: int, fold: int, model: Model, locations: Sequence[str]) -> _Fold:
    validated = (rows["fold"] == fold).to_numpy()
    accessions, sequences = rows["accession"].tolist(), rows["sequence"].tolist()
    views = {name: read_view(view, repeat, fold, accessions, sequences) for name, view in model.views.items()}
    labels = rows[list(locations)].to_numpy()
    train, validation = (
        Rows({name: features.rows(mask) for name, features in views.items()}, labels[mask])
        for mask in (~validated, validated)
    )
    return _Fold(fold, rows.loc[validated, "accession"].tolist(), train, validation)


def _train(searches: Sequence[_Search], model: Model, locations: Sequence[str]) -> list[_Trained]:
    """Search and fit several repeats, round by round, so that the fits of a round go to the learner together."""
    for keys in model.rounds():
        asked = [search.ask(keys) for search in searches]
        for search, fits in zip(searches, _fit_all(model, asked, locations)):
            search.take(fits)
    rest = _fit_all(model, [search.left() for search in searches], locations)
    return [search.trained(fits) for search, fits in zip(searches, rest)]


def _fit_all(model: Model, asked: Sequence[Sequence[_Asked]], locations: Sequence[str]) -> list[list[_Fit]]:
    """Fit each point on its fold, for each repeat; the learner gets all of them together, to share work."""
    learner = load("models", model.learner, "config/models.tsv").Learner
    every = [one for repeat in asked for one in repeat]
    learners = [learner(one.settings, list(locations), one.seed) for one in every]
    parts = [(one.fold.train, one.fold.validation) for one in every]
    histories = learner.fit_many(learners, parts)
    fits = iter([_Fit(one, history, one.score(rows[1])) for one, history, rows in zip(learners, histories, parts)])
    return [list(islice(fits, len(repeat))) for repeat in asked]


def _tables(trained: _Trained, locations: Sequence[str]) -> list[pd.DataFrame]:
    """Return validation scores, history and tuning of one repeat."""
    scores = [
        lines({"fold": fold.number}, fold.accessions, fit.scores, locations)
        for fold, fit in zip(trained.folds, trained.fits)
    ]
    epochs = [{"fold": fold.number, **epoch} for fold, fit in zip(trained.folds, trained.fits) for epoch in fit.history]
    history = pd.DataFrame(epochs, columns=["fold", "epoch", "train_loss", "validation_loss", "validation_micro_f1"])
    return [pd.concat(scores), history, trained.tuning]


def _best(means: np.ndarray, objective: str) -> int:
    """Return the number of the best point; the first of equals, never one whose value is undefined in a fold."""
    signed = means if OBJECTIVES[objective].higher_is_better else -means
    return int(np.argmax(np.where(np.isnan(signed), -np.inf, signed)))


def _write_fitted(folder: Path, fits: Sequence[_Fit], settings: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for fold, fit in enumerate(fits):
        fit.learner.save(fold_path(folder, fold))
    chosen = {"folds": len(fits), "settings": settings}
    (folder / "settings.json").write_text(json.dumps(chosen, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def repeat_folder(fitted: str | Path, model: str, repeat: int) -> Path:
    """Where what is fitted of a model in a repeat is kept."""
    return Path(fitted) / model / f"repeat-{repeat:02d}"


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
    table = pd.DataFrame([{key: setting_text(candidate[key]) for key in grid} for candidate in candidates])
    # As text, since a whole number beside a model without the setting would be written with a point.
    table = table.apply(lambda cells: cells.map("{:.6g}".format) if cells.dtype == float else cells.astype(str))
    table["objective"] = objective
    table["mean"], table["sd"] = values.mean(axis=1), values.std(axis=1, ddof=1) if values.shape[1] > 1 else np.nan
    table["chosen"] = (np.arange(len(candidates)) == chosen).astype(int)
    return table


def setting_text(value: Any) -> Any:
    """Return a setting as a cell of a table: one given by view as ``view value / view value``."""
    return " / ".join(f"{view} {one}" for view, one in value.items()) if isinstance(value, Mapping) else value
