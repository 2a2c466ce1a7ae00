"""Curves of scores and the areas under them: ROC and precision-recall.

Two readings stand side by side: the mean and standard deviation (n - 1) over the fold models, as in the paper, and the
ensemble, which is the mean score of the fold models for each row.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mmlmirloc.reporting.figures.scores import ensemble_scores, scores_of

GRID = np.linspace(0, 1, 101)
"""Where the curves of fold models are read off before they are averaged. Our choice."""


@dataclass(frozen=True)
class Area:
    """A curve and the area under it.

    Attributes
    ----------
    name : str
        Column of the paper's value.
    title, x, y : str
        What the axes say.
    negatives : bool
        Whether it is undefined without negative rows (without positive rows both are).
    points : callable
        (truth, score) to (x, y) of the exact curve.
    on_grid : callable
        (x, y) of the exact curve to y at ``GRID``.
    value : callable
        (truth, score) to the area.
    """

    name: str
    title: str
    x: str
    y: str
    negatives: bool
    points: Callable
    on_grid: Callable
    value: Callable

    def defined(self, truth: np.ndarray) -> bool:
        """Tell whether the curve exists for these true labels."""
        return bool(truth.any() and (not self.negatives or not truth.all()))

    def chance(self, truth: np.ndarray) -> float:
        """Return the area of scores without any information."""
        return 0.5 if self.negatives else float(truth.mean())


def roc_points(truth: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return false and true positive rates, rising."""
    from sklearn.metrics import roc_curve  # here and below, since figures of no scores need not wait for it

    return roc_curve(truth, score)[:2]


def roc_area(truth: np.ndarray, score: np.ndarray) -> float:
    """Return the area under the ROC curve."""
    from sklearn.metrics import roc_auc_score

    return roc_auc_score(truth, score)


def roc_on_grid(false_positive_rate: np.ndarray, true_positive_rate: np.ndarray) -> np.ndarray:
    """Read a ROC curve off at ``GRID`` by straight lines; it starts at the origin."""
    values = np.interp(GRID, false_positive_rate, true_positive_rate)
    values[0] = 0
    return values


def pr_points(truth: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return recall (rising) and precision, one point per recall: the first threshold that reaches it.

    These are the steps that average precision sums over. Straight lines between them would be too good
    (Davis and Goadrich 2006).
    """
    from sklearn.metrics import precision_recall_curve

    precision, recall, _ = precision_recall_curve(truth, score)
    # The last point of scikit-learn, precision 1 at recall 0, belongs to no threshold.
    recall, precision = recall[-2::-1], precision[-2::-1]
    recall, first = np.unique(recall, return_index=True)
    # Negatives that rank before every positive have recall 0, and no part in the area.
    return recall[recall > 0], precision[first][recall > 0]


def pr_area(truth: np.ndarray, score: np.ndarray) -> float:
    """Return the average precision."""
    from sklearn.metrics import average_precision_score

    return average_precision_score(truth, score)


def pr_on_grid(recall: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """Read a precision-recall curve off at ``GRID``: the precision of the first threshold with that recall."""
    return precision[np.searchsorted(recall, GRID - 1e-12)]


ROC = Area("roc_auc", "AUC", "false positive rate", "true positive rate", True, roc_points, roc_on_grid, roc_area)
PR = Area("pr_auc", "average precision", "recall", "precision", False, pr_points, pr_on_grid, pr_area)


def summary(area: Area, location: str, folds: list, ensemble: tuple, paper: pd.DataFrame | None) -> dict:
    """Compute the areas of one location, missing where undefined."""
    truth, _ = ensemble
    values = [area.value(*fold) for fold in folds] if area.defined(truth) else [np.nan]
    return {
        "location": location,
        "positives": int(truth.sum()),
        "rows": len(truth),
        "chance": area.chance(truth),
        "fold_mean": float(np.mean(values)),
        "fold_sd": float(deviation(np.array(values))),
        "ensemble": area.value(*ensemble) if area.defined(truth) else np.nan,
        "paper": paper_value(paper, location, area.name),
    }


def deviation(values: np.ndarray) -> np.ndarray:
    """Return the standard deviation (n - 1) over the first axis; missing for a single fold."""
    return np.std(values, axis=0, ddof=1) if len(values) > 1 else np.full(values.shape[1:], np.nan)


def paper_value(paper: pd.DataFrame | None, location: str, name: str) -> float:
    """Look up the paper's value for a location; missing where the paper has none."""
    found = [] if paper is None else paper.loc[paper["location"] == location, name].to_numpy()
    return float(found[0]) if len(found) else np.nan


def by_location(scores: pd.DataFrame, model: str) -> Iterator[tuple[str, list[tuple], tuple]]:
    """Yield location, (truth, score) of each fold model, and (truth, score) of the ensemble."""
    found = scores_of(scores, model)
    for location, ensemble in ensemble_scores(scores, model).groupby("location", sort=False):
        rows = found[found["location"] == location].sort_values(["fold", "accession"])
        folds = [(fold["truth"].to_numpy(), fold["score"].to_numpy()) for _, fold in rows.groupby("fold")]
        yield location, folds, (ensemble["truth"].to_numpy(), ensemble["score"].to_numpy())


def legend_below(figure: Figure, keys: list, data: pd.DataFrame) -> None:
    """Put the legend under the panels, in one line below the number of test rows."""
    rows = " or ".join(str(number) for number in sorted(set(data["rows"])))
    figure.legend(
        handles=keys,
        title=f"{rows} test rows",
        loc="outside lower center",
        ncols=len(keys),
        handlelength=1.5,
        handletextpad=0.5,
        columnspacing=0.9,
    )
