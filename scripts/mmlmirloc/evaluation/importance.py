"""What a forest's predictions rest on: how far its AUC falls when a view or a column is shuffled among test rows."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.evaluation.statistics import nadeau_bengio
from mmlmirloc.features import side_by_side
from mmlmirloc.files import read_arrays, read_table, write_table
from mmlmirloc.job import progress
from mmlmirloc.models.shared.trees import score_forest
from mmlmirloc.objectives import auc_macro
from mmlmirloc.registry import load
from mmlmirloc.training import Model, fold_path, read_chosen, repeat_folder
from mmlmirloc.views.cache import read_view

SHUFFLES = 5
VIEW, COLUMN = "view", "column"


def permutation_importance(
    tests: Sequence[str | Path],
    trains: Sequence[str | Path],
    fitted: Sequence[str | Path],
    name: str,
    model: Model,
    locations: Sequence[str],
    repeats: int,
    level: float,
    seed: int,
    output: str | Path,
) -> None:
    """Measure the permutation importance (Breiman 2001) of each view, and of each column, on the test rows.

    Parameters
    ----------
    tests, trains, fitted : sequence of path
        Batches of repeats of a split, in the same order; of the training rows only their number is used.
    name, model : str, Model
        A forest without fitted views.
    locations : sequence of str
        Label columns.
    repeats : int
        The model is trained on the repeats up to this one.
    level, seed
        Of the intervals, and of the shuffles.
    output : path
        TSV: what (view or column), view, column (in words), mean (fall of macro AUC), ci_low, ci_high, repeats; the
        views first, then the columns, the most important first.
    """
    found: list[pd.DataFrame] = []
    sizes = (0, 0)
    for test, train, folder in zip(tests, trains, fitted, strict=True):
        rows = read_table(test, columns=["repeat", "accession", "sequence", *locations], text=["accession", "sequence"])
        rows = rows[rows["repeat"] <= repeats]
        trained = read_table(train, columns=["repeat"]).groupby("repeat").size()
        for repeat, part in progress(list(rows.groupby("repeat")), "repeats"):
            sizes = (int(trained[repeat]), len(part))
            generator = np.random.default_rng([seed, repeat])
            found.append(_of_repeat(part, repeat_folder(folder, name, repeat), model, list(locations), generator))
    falls = pd.concat(found).groupby(["what", "view", "column"], sort=False)["fall"].agg(list).reset_index()
    ends = [nadeau_bengio(values, *sizes, level) for values in falls["fall"]]
    falls[["mean", "ci_low", "ci_high"]] = pd.DataFrame(ends, index=falls.index)
    falls["repeats"] = falls["fall"].map(len)
    falls["order"] = (falls["what"] == COLUMN).astype(int)
    falls = falls.sort_values(["order", "mean"], ascending=[True, False], kind="stable")
    write_table(falls[["what", "view", "column", "mean", "ci_low", "ci_high", "repeats"]], output)


def _of_repeat(
    rows: pd.DataFrame, folder: Path, model: Model, locations: list[str], generator: np.random.Generator
) -> pd.DataFrame:
    accessions, sequences = rows["accession"].tolist(), rows["sequence"].tolist()
    views = {name: read_view(view, 1, 0, accessions, sequences) for name, view in model.views.items()}
    values, truth = side_by_side(views), rows[locations].to_numpy()
    forests = [read_arrays(fold_path(folder, fold)) for fold in range(read_chosen(folder)[0])]

    def score(changed: np.ndarray) -> float:
        return auc_macro(truth, np.mean([score_forest(forest, changed) for forest in forests], axis=0))

    whole = score(values)
    lines, start = [], 0
    for name, view in model.views.items():
        columns = load("views", view.kind, "").View(view.settings).names()
        places = range(start, start + len(columns))
        start += len(columns)
        lines.append((VIEW, name, "", whole - _shuffled(values, list(places), score, generator, SHUFFLES)))
        for place, column in zip(places, columns):
            lines.append((COLUMN, name, column, whole - _shuffled(values, [place], score, generator, 1)))
    return pd.DataFrame(lines, columns=["what", "view", "column", "fall"])


def _shuffled(values, places: list[int], score, generator: np.random.Generator, times: int) -> float:
    """Return the mean score with some columns shuffled together among the rows."""
    scores = []
    for _ in range(times):
        changed = values.copy()
        changed[:, places] = values[generator.permutation(len(values))][:, places]
        scores.append(score(changed))
    return float(np.mean(scores))
