"""A table of results (Tables III to V, Fig. S4): models as rows, a panel per metric, constants as lines."""

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from mmlmirloc.colours import GREY, INK
from mmlmirloc.errors import InputError
from mmlmirloc.reporting.figures.marks import FOLDS, spread_bar
from mmlmirloc.reporting.style import WIDTH, styled

METRICS = {
    "accuracy": "Accuracy",
    "auc_macro": "AUC (macro)",
    "subset_accuracy": "Subset accuracy",
    "f1": "F1",
    "hamming_loss": "Hamming loss\n(lower is better)",
}
"""The paper's five metrics, in the paper's order, and what a panel is called."""

LINES = ("--", ":", "-.")
"""How the models are drawn that always answer the same: lines through all rows, told apart by these."""

SPREAD = 1e-9
"""Standard deviation over folds below which a model is the same in each: means of equal numbers may differ by less."""

COLUMNS = ["model", "label", "metric", "fold_mean", "fold_sd", "ensemble", "ensemble_low", "ensemble_high"]


def prepare(table: pd.DataFrame, constants: Sequence[str]) -> pd.DataFrame:
    """Select what the figure of a result table shows.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``model``, ``label`` (display name), ``metric``, ``fold_mean``, ``fold_sd``, ``ensemble``,
        ``ensemble_low``, ``ensemble_high`` and perhaps ``paper``; a row per model and metric.
    constants : sequence of str
        Models that are drawn as lines.

    Returns
    -------
    pandas.DataFrame
        The rows of the five metrics with these columns (``paper`` missing where there is none) and ``drawn``:
        "line" for the constants, "row" for other models; one whose numbers are a line's is left out. Metrics in the
        paper's order, models in the table's.

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
    data = data.assign(drawn=np.where(data["model"].isin(constants), "line", "row"))
    data = data[~data["model"].isin(_same_as_lines(data))]
    order = data["metric"].map(list(METRICS).index)
    return data.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


def _same_as_lines(data: pd.DataFrame) -> list[str]:
    """Return the models drawn as rows that always answer as one that is drawn as a line, such as a best constant."""
    numbers = data.pivot_table(index="model", columns="metric", values=["ensemble", "fold_sd"], sort=False)
    steady = numbers["ensemble"][(numbers["fold_sd"] < SPREAD).all(axis=1)]
    line = steady.index.isin(data.loc[data["drawn"] == "line", "model"])
    rows, lines = steady[~line], steady[line].to_numpy()
    return [model for model, row in rows.iterrows() if any(np.allclose(row, one) for one in lines)]


@styled
def draw(data: pd.DataFrame) -> Figure:
    """Draw a panel per metric and a row per model: fold mean and spread, ensemble and interval, paper, constants.

    Parameters
    ----------
    data : pandas.DataFrame
        Result of :func:`prepare`.

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
    panels[len(metrics)].legend(handles=keys_of(data), loc="center", handlelength=2, labelspacing=0.9)
    return figure


def draw_metric(axes: Axes, part: pd.DataFrame, models: list[str]) -> None:
    """Draw one metric of all models."""
    for model, line in lines_of(part).items():
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


def keys_of(data: pd.DataFrame) -> list[Line2D]:
    """Return the entries of the legend: only what is drawn."""
    keys = [
        Line2D([], [], color=FOLDS, marker="o", linewidth=1.6, label="folds, mean ± sd"),
        Line2D([], [], color=INK, marker="D", markerfacecolor="white", linewidth=0.6, label="ensemble, interval"),
    ]
    if data["paper"].notna().any():
        keys.append(Line2D([], [], color="black", marker="x", linestyle="none", label="paper"))
    labels = data[data["drawn"] == "line"].drop_duplicates("model").set_index("model")["label"]
    for model, line in lines_of(data).items():
        label = textwrap.fill(str(labels[model]), 17)
        keys.append(Line2D([], [], color=GREY, linestyle=line, linewidth=1, label=label))
    return keys


def lines_of(data: pd.DataFrame) -> dict[str, str]:
    """Return the line of each model that is drawn as one, in the order of the rows."""
    models = pd.unique(data.loc[data["drawn"] == "line", "model"])
    return {model: LINES[place % len(LINES)] for place, model in enumerate(models)}
