"""Figures of result tables (Tables III to V, Fig. S4) and of the predicted label sets."""

import textwrap
from collections import Counter
from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from mmlmirloc.errors import InputError
from mmlmirloc.reporting.score_figures import ensemble_scores, spread_bar
from mmlmirloc.reporting.style import GREY, INK, WIDTH, ink_on, styled

METRICS = {
    "accuracy": "Accuracy",
    "auc_macro": "AUC (macro)",
    "subset_accuracy": "Subset accuracy",
    "f1": "F1",
    "hamming_loss": "Hamming loss\n(lower is better)",
}
"""The paper's five metrics, in the paper's order, and what a panel is called."""

CONSTANTS = {"always_nucleus": "--", "always_nucleus_exosome_cytoplasm": ":"}
"""Models drawn as lines through all rows, and the line of each."""

COLUMNS = ["model", "label", "metric", "fold_mean", "fold_sd", "ensemble", "ensemble_low", "ensemble_high"]

FOLDS = "#D55E00"
"""Colour of the fold models: vermillion, which no location of the paper has."""


def comparison_data(table: pd.DataFrame) -> pd.DataFrame:
    """Select what the figure of a result table shows.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``model``, ``label`` (display name), ``metric``, ``fold_mean``, ``fold_sd``, ``ensemble``,
        ``ensemble_low``, ``ensemble_high`` and perhaps ``paper``; a row per model and metric.

    Returns
    -------
    pandas.DataFrame
        The rows of the five metrics with these columns (``paper`` missing where there is none) and ``drawn``:
        "line" for the constants, "row" for other models. Metrics in the paper's order, models in the table's.

    Raises
    ------
    InputError
        When a column is missing, or none of the five metrics is there.
    """
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise InputError(
            f"A result table has no column {', '.join(missing)}",
            "the table to draw",
            f"the columns {', '.join(COLUMNS)}",
            "give a table that the table rule writes",
        )
    data = table[table["metric"].isin(METRICS)]
    if data.empty:
        raise InputError(
            "A result table has none of the metrics to draw",
            "the table to draw",
            f"one of {', '.join(METRICS)} (found: {', '.join(map(str, pd.unique(table['metric'])))})",
            "give a table that the table rule writes",
        )
    data = data.reindex(columns=[*COLUMNS[:3], "paper", *COLUMNS[3:]])
    data = data.assign(drawn=np.where(data["model"].isin(CONSTANTS), "line", "row"))
    order = data["metric"].map(list(METRICS).index)
    return data.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


@styled
def draw_comparison(data: pd.DataFrame) -> Figure:
    """Draw a panel per metric and a row per model: fold mean and spread, ensemble and interval, paper, constants.

    Parameters
    ----------
    data : pandas.DataFrame
        Result of :func:`comparison_data`.

    Returns
    -------
    matplotlib.figure.Figure
        One axes per metric in two columns, the legend in the last place.
    """
    metrics = [metric for metric in METRICS if (data["metric"] == metric).any()]
    rows = data[data["drawn"] == "row"].drop_duplicates("model")
    names = [textwrap.fill(str(label), 17) for label in rows["label"]]
    # All rows are as high as the one with the longest name needs.
    lines = len(names) * max(max((name.count("\n") + 1 for name in names), default=1), 2)
    deep = len(metrics) // 2 + 1
    figure = Figure(figsize=(WIDTH, deep * (0.45 + 0.13 * max(lines, 6))), layout="constrained")
    # A panel more than metrics: the legend's.
    panels = figure.subplots(deep, 2, sharey=True, squeeze=False).ravel()
    for metric, axes in zip(metrics, panels, strict=False):
        draw_metric(axes, data[data["metric"] == metric], list(rows["model"]))
        axes.set_title(METRICS[metric])
    panels[0].set_yticks(range(len(names)), names)
    panels[0].set_ylim(len(names) - 0.5, -0.5)
    for axes in panels[len(metrics) :]:
        axes.set_axis_off()
    panels[len(metrics)].legend(handles=comparison_keys(data), loc="center", handlelength=2, labelspacing=0.9)
    return figure


def draw_metric(axes: Axes, part: pd.DataFrame, models: list[str]) -> None:
    """Draw one metric of all models."""
    for model, line in CONSTANTS.items():
        for value in part.loc[part["model"] == model, "ensemble"].dropna():
            axes.axvline(value, color=GREY, linestyle=line, linewidth=1, zorder=0)
    for row in part[part["drawn"] == "row"].itertuples():
        y = models.index(row.model)
        axes.errorbar(row.fold_mean, y, xerr=spread_bar(row.fold_sd), fmt="o", color=FOLDS, elinewidth=1.6)
        axes.plot([row.ensemble_low, row.ensemble_high], [y - 0.25] * 2, color=INK, linewidth=0.6)
        axes.plot(row.ensemble, y - 0.25, "D", color=INK, markerfacecolor="white", markersize=3.2)
        axes.plot(row.paper, y + 0.25, "x", color="black")
    axes.xaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.08)


def comparison_keys(data: pd.DataFrame) -> list[Line2D]:
    """Return the entries of the legend: only what is drawn."""
    keys = [
        Line2D([], [], color=FOLDS, marker="o", linewidth=1.6, label="folds, mean ± sd"),
        Line2D([], [], color=INK, marker="D", markerfacecolor="white", linewidth=0.6, label="ensemble, interval"),
    ]
    if data["paper"].notna().any():
        keys.append(Line2D([], [], color="black", marker="x", linestyle="none", label="paper"))
    labels = data[data["drawn"] == "line"].drop_duplicates("model").set_index("model")["label"]
    for model, line in CONSTANTS.items():
        if model in labels:
            label = textwrap.fill(str(labels[model]), 17)
            keys.append(Line2D([], [], color=GREY, linestyle=line, linewidth=1, label=label))
    return keys


def confusion_data(scores: pd.DataFrame, model: str) -> pd.DataFrame:
    """Count observed against predicted label sets of one model.

    A location is predicted where the mean score of the fold models is at least .5.

    Parameters
    ----------
    scores : pandas.DataFrame
        Columns ``model``, ``accession``, ``location``, ``fold``, ``score`` (0..1), ``truth`` (0/1).
    model : str
        The model to draw.

    Returns
    -------
    pandas.DataFrame
        Columns ``observed``, ``predicted`` (label sets as letters, see :func:`letters`; "none" for the empty
        one), ``mirnas`` (count, 0 where there is none): all pairs of label sets that occur on either side,
        ordered by the number of labels and then by location.

    Raises
    ------
    InputError
        When a column is missing, the model has no scores, or a score is missing.
    """
    mean = ensemble_scores(scores, model)
    letter = letters(pd.unique(mean["location"]))
    mean = mean.assign(predicted=mean["score"] >= 0.5, observed=mean["truth"] == 1)
    observed, predicted = (
        [tuple(row) for row in mean.pivot(index="accession", columns="location", values=side)[list(letter)].to_numpy()]
        for side in ("observed", "predicted")
    )
    pairs = Counter(zip(observed, predicted, strict=True))
    sets = sorted({*observed, *predicted}, key=lambda held: (sum(held), [not one for one in held]))
    rows = [
        (set_name(left, letter), set_name(right, letter), pairs[left, right]) for left, right in product(sets, sets)
    ]
    return pd.DataFrame(rows, columns=["observed", "predicted", "mirnas"])


def letters(locations: Sequence[str]) -> dict[str, str]:
    """Abbreviate each location to the shortest beginning that no other location shares, with a capital."""
    return {
        location: next(
            location[:size].capitalize()
            for size in range(1, len(location) + 1)
            if size == len(location) or sum(other.startswith(location[:size]) for other in locations) == 1
        )
        for location in locations
    }


def set_name(held: Sequence[bool], letter: dict[str, str]) -> str:
    """Write a label set as letters, "none" for the empty one."""
    return "".join(name for name, has in zip(letter.values(), held, strict=True) if has) or "none"


@styled
def draw_confusion(data: pd.DataFrame, locations: Sequence[str]) -> Figure:
    """Draw a heat map of observed against predicted label sets with the counts; exact matches are framed.

    Parameters
    ----------
    data : pandas.DataFrame
        Result of :func:`confusion_data`.
    locations : sequence of str
        The locations in the order of the scores, for the key of the letters.

    Returns
    -------
    matplotlib.figure.Figure
        One axes.
    """
    sets = list(pd.unique(data["observed"]))
    counts = data.pivot(index="observed", columns="predicted", values="mirnas").loc[sets, sets].to_numpy()
    colours = LinearSegmentedColormap.from_list("counts", ["white", INK])
    figure = Figure(figsize=(WIDTH, WIDTH + 0.25), layout="constrained")
    axes = figure.subplots()
    axes.imshow(counts, cmap=colours, vmin=0, vmax=max(counts.max(), 1))
    for y, x in zip(*np.nonzero(counts), strict=True):
        ink = ink_on(to_hex(colours(counts[y, x] / counts.max())))
        axes.text(x, y, str(counts[y, x]), ha="center", va="center", color=ink)
    for place in range(len(sets)):
        axes.add_patch(Rectangle((place - 0.5, place - 0.5), 1, 1, fill=False, edgecolor=FOLDS, linewidth=1, zorder=3))
    axes.set_xticks(range(len(sets)), sets, rotation=90)
    axes.set_yticks(range(len(sets)), sets)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(True)
    axes.set_xticks(np.arange(len(sets) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(sets) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="0.9", linewidth=0.4)
    axes.tick_params(which="minor", length=0)
    axes.set_xlabel("predicted label set (ensemble score ≥ 0.5)")
    axes.set_ylabel("observed label set")
    key = ", ".join(f"{letter} {location}" for location, letter in letters(locations).items())
    exact = int(np.trace(counts))
    axes.set_title(f"{key}\n{exact} of {counts.sum()} exactly right (framed)", loc="center")
    return figure
