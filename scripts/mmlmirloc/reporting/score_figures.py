"""Figures of scores: ROC and precision-recall curves (Fig. S3) and the areas under them per location (Fig. 4).

Two readings stand side by side in each: the mean and standard deviation (n - 1) over the fold models, as in the
paper, and the ensemble, which is the mean score of the fold models for each row.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from mmlmirloc.errors import InputError
from mmlmirloc.reporting.style import GREY, INK, WIDTH, location_colours, styled

GRID = np.linspace(0, 1, 101)
"""Where the curves of fold models are read off before they are averaged. Our choice."""

SCORE_COLUMNS = ["model", "accession", "location", "fold", "score", "truth"]


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


def roc_data(scores: pd.DataFrame, model: str, paper: pd.DataFrame | None = None) -> pd.DataFrame:
    """Compute the ROC curves of one model per location (Fig. S3).

    Parameters
    ----------
    scores : pandas.DataFrame
        Columns ``model``, ``accession``, ``location``, ``fold``, ``score`` (0..1), ``truth`` (0/1): test rows,
        each scored by each fold model.
    model : str
        The model to draw.
    paper : pandas.DataFrame, optional
        Columns ``location``, ``roc_auc``, ``pr_auc``: the paper's Fig. 4.

    Returns
    -------
    pandas.DataFrame
        Columns ``location``, ``positives``, ``rows`` (test rows), ``curve`` ("ensemble": exact points; "folds":
        mean over fold models at ``GRID``), ``false_positive_rate``, ``true_positive_rate``, ``sd`` (over fold
        models; missing for the ensemble), ``area`` (AUC of the ensemble, or its mean over fold models),
        ``area_sd``, ``chance`` (area without information), ``paper``. A location without positives or without
        negatives has one row per curve with everything that is undefined missing.

    Raises
    ------
    InputError
        When a column is missing, the model has no scores, or a score is missing.
    """
    return curve_data(scores, model, paper, ROC)


def pr_data(scores: pd.DataFrame, model: str, paper: pd.DataFrame | None = None) -> pd.DataFrame:
    """Compute the precision-recall curves of one model per location (Fig. S3).

    Parameters and errors are those of :func:`roc_data`.

    Returns
    -------
    pandas.DataFrame
        As :func:`roc_data`, with ``recall`` and ``precision`` in the place of the two rates. ``area`` is the
        average precision (no interpolation); ``chance`` is the prevalence.
    """
    return curve_data(scores, model, paper, PR)


def auc_by_location_data(scores: pd.DataFrame, model: str, paper: pd.DataFrame | None = None) -> pd.DataFrame:
    """Compute ROC-AUC and PR-AUC of one model per location (Fig. 4).

    Parameters and errors are those of :func:`roc_data`.

    Returns
    -------
    pandas.DataFrame
        Columns ``location``, ``metric`` ("roc_auc", "pr_auc"), ``positives``, ``rows``, ``chance`` (.5, or the
        prevalence), ``fold_mean``, ``fold_sd``, ``ensemble``, ``paper``; missing where undefined.
    """
    parts = []
    for location, folds, ensemble in by_location(scores, model):
        for area in (ROC, PR):
            row = summary(area, location, folds, ensemble, paper)
            names = ["location", "positives", "rows", "chance", "fold_mean", "fold_sd", "ensemble", "paper"]
            parts.append({"metric": area.name, **{name: row[name] for name in names}})
    columns = ["location", "metric", "positives", "rows", "chance", "fold_mean", "fold_sd", "ensemble", "paper"]
    return pd.DataFrame(parts)[columns]


def curve_data(scores: pd.DataFrame, model: str, paper: pd.DataFrame | None, area: Area) -> pd.DataFrame:
    """Compute the curves of one kind; see :func:`roc_data`."""
    x, y = area.x.replace(" ", "_"), area.y.replace(" ", "_")
    parts = []
    for location, folds, ensemble in by_location(scores, model):
        row = summary(area, location, folds, ensemble, paper)
        curves = {"ensemble": ([np.nan], [np.nan], np.nan), "folds": ([np.nan], [np.nan], np.nan)}
        if area.defined(ensemble[0]):
            on_grid = np.array([area.on_grid(*area.points(*fold)) for fold in folds])
            curves["ensemble"] = (*area.points(*ensemble), np.nan)
            curves["folds"] = (GRID, on_grid.mean(axis=0), deviation(on_grid))
        for curve, (across, up, sd) in curves.items():
            part = pd.DataFrame({x: across, y: up, "sd": sd})
            part = part.assign(location=location, positives=row["positives"], rows=row["rows"], curve=curve)
            part["area"] = row["ensemble"] if curve == "ensemble" else row["fold_mean"]
            part["area_sd"] = np.nan if curve == "ensemble" else row["fold_sd"]
            parts.append(part.assign(chance=row["chance"], paper=row["paper"]))
    columns = ["location", "positives", "rows", "curve", x, y, "sd", "area", "area_sd", "chance", "paper"]
    return pd.concat(parts, ignore_index=True)[columns]


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


def scores_of(scores: pd.DataFrame, model: str) -> pd.DataFrame:
    """Return the scores of one model, checked; see :func:`roc_data` for what is raised."""
    missing = [name for name in SCORE_COLUMNS if name not in scores.columns]
    if missing:
        raise InputError(
            f"Scores have no column {', '.join(missing)}",
            "the table of scores",
            f"the columns {', '.join(SCORE_COLUMNS)}",
            "give the table that the score rule writes",
        )
    found = scores[scores["model"] == model]
    if found.empty:
        raise InputError(
            f"The model {model} has no scores",
            "the table of scores",
            f"one of {', '.join(map(str, pd.unique(scores['model'])))}",
            "name a model that was trained, or train this one",
        )
    if found["score"].isna().any():
        row = found[found["score"].isna()].iloc[0]
        raise InputError(
            f"The model {model} gave no score for {row['accession']} at {row['location']} (fold {row['fold']})",
            "the table of scores",
            "a number from 0 to 1",
            "look into the log of the model's training; its loss may have become infinite",
        )
    return found


def ensemble_scores(scores: pd.DataFrame, model: str) -> pd.DataFrame:
    """Average the fold models of one model for each row.

    Returns
    -------
    pandas.DataFrame
        Columns ``location``, ``accession``, ``score`` (mean over folds), ``truth``; locations in the order of
        their first appearance, accessions sorted.
    """
    found = scores_of(scores, model)
    locations = list(pd.unique(found["location"]))
    mean = found.groupby(["location", "accession"], as_index=False).agg(score=("score", "mean"), truth=("truth", "max"))
    order = mean["location"].map(locations.index)
    return mean.assign(order=order).sort_values(["order", "accession"], ignore_index=True).drop(columns="order")


def by_location(scores: pd.DataFrame, model: str) -> Iterator[tuple[str, list[tuple], tuple]]:
    """Yield location, (truth, score) of each fold model, and (truth, score) of the ensemble."""
    found = scores_of(scores, model)
    for location, ensemble in ensemble_scores(scores, model).groupby("location", sort=False):
        rows = found[found["location"] == location].sort_values(["fold", "accession"])
        folds = [(fold["truth"].to_numpy(), fold["score"].to_numpy()) for _, fold in rows.groupby("fold")]
        yield location, folds, (ensemble["truth"].to_numpy(), ensemble["score"].to_numpy())


@styled
def draw_roc(data: pd.DataFrame) -> Figure:
    """Draw a panel per location: ROC curve of the ensemble, band of the fold models, diagonal of chance.

    Parameters
    ----------
    data : pandas.DataFrame
        Result of :func:`roc_data`.

    Returns
    -------
    matplotlib.figure.Figure
        One axes per location, titled with the number of positives, the AUC of the ensemble, the mean AUC of the
        fold models, and the paper's AUC.
    """
    return draw_curves(data, ROC)


@styled
def draw_pr(data: pd.DataFrame) -> Figure:
    """Draw a panel per location: precision-recall curve of the ensemble, band of the fold models, prevalence.

    Parameters
    ----------
    data : pandas.DataFrame
        Result of :func:`pr_data`.

    Returns
    -------
    matplotlib.figure.Figure
        As :func:`draw_roc`, with average precision in the place of AUC.
    """
    return draw_curves(data, PR)


def draw_curves(data: pd.DataFrame, area: Area) -> Figure:
    """Draw the curves of one kind; see :func:`draw_roc`."""
    locations = list(pd.unique(data["location"]))
    colours = location_colours(locations)
    lines = -(-len(locations) // 2)
    figure = Figure(figsize=(WIDTH, 0.6 + 1.9 * lines), layout="constrained")
    panels = figure.subplots(lines, 2, sharex=True, sharey=True, squeeze=False).ravel()
    for location, axes in zip(locations, panels, strict=False):
        draw_panel(axes, data[data["location"] == location], area, colours[location])
    for axes in panels[len(locations) :]:
        axes.remove()
    for axes in panels[max(len(locations) - 2, 0) : len(locations)]:
        axes.set_xlabel(area.x)
        axes.tick_params(labelbottom=True)
    for axes in panels[::2]:
        axes.set_ylabel(area.y)
    name, chance = ("AUC", "chance") if area.negatives else ("AP", "prevalence")
    keys = [
        Line2D([], [], color=INK, label=f"ensemble ({name})"),
        Patch(color=INK, alpha=0.25, linewidth=0, label="folds, mean ± sd"),
        Line2D([], [], color=GREY, linestyle="--", linewidth=0.8, label=chance),
    ]
    legend_below(figure, keys, data)
    return figure


def draw_panel(axes: Axes, part: pd.DataFrame, area: Area, colour: str) -> None:
    """Draw the curves of one location."""
    x, y = area.x.replace(" ", "_"), area.y.replace(" ", "_")
    ensemble, folds = (part[part["curve"] == curve].sort_index() for curve in ("ensemble", "folds"))
    first, mean = ensemble.iloc[0], folds.iloc[0]
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), box_aspect=1)
    axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    name = "AUC" if area.negatives else "AP"
    count = f"{part['location'].iloc[0]}, {first['positives']:.0f} positive"
    paper = "" if np.isnan(first["paper"]) else f", paper {first['paper']:.3f}"
    if np.isnan(first["area"]):
        axes.text(0.5, 0.5, "undefined:\nonly one class\namong test rows", ha="center", va="center", color=INK)
        axes.set_title(f"{count}\n{name} undefined{paper}\n")
        return
    if area.negatives:
        axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=0.8)
    else:
        axes.axhline(first["chance"], color=GREY, linestyle="--", linewidth=0.8)
    if folds["sd"].notna().any():
        low, high = (np.clip(folds[y] + sign * folds["sd"], 0, 1) for sign in (-1, 1))
        axes.fill_between(folds[x], low, high, color=colour, alpha=0.3, linewidth=0)
    # Average precision holds each precision back to the recall before it.
    start = ensemble.iloc[[0]].assign(**{x: 0.0})
    line = ensemble if area.negatives else pd.concat([start, ensemble])
    axes.plot(line[x], line[y], color=colour, drawstyle="default" if area.negatives else "steps-pre")
    spread = "" if np.isnan(mean["area_sd"]) else f" ± {mean['area_sd']:.3f}"
    axes.set_title(f"{count}\n{name} {first['area']:.3f}{paper}\nfolds {mean['area']:.3f}{spread}")


@styled
def draw_auc_by_location(data: pd.DataFrame) -> Figure:
    """Draw ROC-AUC and PR-AUC per location with the spread over fold models, the ensemble and the paper's value.

    Parameters
    ----------
    data : pandas.DataFrame
        Result of :func:`auc_by_location_data`.

    Returns
    -------
    matplotlib.figure.Figure
        Two axes, ROC-AUC and PR-AUC.
    """
    locations = list(pd.unique(data["location"]))
    colours = location_colours(locations)
    figure = Figure(figsize=(WIDTH, 1.0 + 0.42 * len(locations)), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    for axes, area, title in zip(panels, (ROC, PR), ("ROC-AUC", "PR-AUC\n(average precision)"), strict=True):
        part = data[data["metric"] == area.name].set_index("location")
        for y, location in enumerate(locations):
            row = part.loc[location]
            style = {"color": colours[location], "linestyle": "none"}
            bar = {"xerr": spread_bar(row["fold_sd"]), "elinewidth": 1.2, "capsize": 2.5}
            axes.errorbar(row["fold_mean"], y, marker="o", markersize=3, **bar, **style)
            axes.plot(row["ensemble"], y - 0.22, marker="D", markerfacecolor="white", **style)
            axes.plot(row["paper"], y + 0.22, marker="x", color="black", linestyle="none")
            if not area.negatives:
                axes.vlines(row["chance"], y - 0.38, y + 0.38, color=GREY, linestyle="--", linewidth=0.9, zorder=0)
        if area.negatives:
            axes.axvline(0.5, color=GREY, linestyle="--", linewidth=0.9, zorder=0)
        axes.set(xlabel=title, xlim=(0, 1.02), ylim=(len(locations) - 0.5, -0.5))
        axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
        axes.set_xticks(np.arange(0.1, 1, 0.1), minor=True)
        axes.tick_params(axis="y", length=0)
    counts = data.drop_duplicates("location").set_index("location")
    names = [f"{name}\n{counts.loc[name, 'positives']} positive" for name in locations]
    panels[0].set_yticks(range(len(locations)), names)
    keys = [
        Line2D([], [], color=INK, marker="o", markersize=3, linewidth=1.2, label="folds, mean ± sd"),
        Line2D([], [], color=INK, marker="D", markerfacecolor="white", linestyle="none", label="ensemble"),
        Line2D([], [], color="black", marker="x", linestyle="none", label="paper"),
        Line2D([], [], color=GREY, linestyle="--", linewidth=0.9, label="chance"),
    ]
    legend_below(figure, keys, data)
    return figure


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


def spread_bar(sd: float) -> float | None:
    """Return the half length of an error bar, None where there is none."""
    return None if np.isnan(sd) else sd
