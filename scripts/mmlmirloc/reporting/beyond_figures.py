"""Figures of the models beyond the paper: what each view adds, and the learning curve."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mmlmirloc.evaluation.rules import CHOSEN
from mmlmirloc.evaluation.trust import MEASURES
from mmlmirloc.reporting.beyond_table import ALONE, LEFT_OUT, WHOLE
from mmlmirloc.reporting.style import GREY, styled
from mmlmirloc.reporting.trust_figures import CHANCE, COLOURS, MARKERS, WIDE

ADDED = ("accuracy", "auc_macro")
"""Metrics of the figure of views, a column of panels each."""

LEARNT = ("accuracy", "subset_accuracy", "auc_macro", "auc_within_fifths")
"""Metrics of the learning curve, a panel each."""


def views_data(table: pd.DataFrame) -> pd.DataFrame:
    """Select from the table of models beyond the paper what each view adds.

    Returns
    -------
    pandas.DataFrame
        protocol, model, label, panel (alone or left out), metric, difference, low, high: the model with one view, or
        without it, minus the model with all views.
    """
    panel = np.select(
        [table["model"].str.startswith(ALONE), table["model"].str.startswith(LEFT_OUT)], ["alone", "left out"], ""
    )
    part = table.assign(panel=panel)
    part = part[(panel != "") & part["metric"].isin(ADDED) & part["rule"].isin(["", CHOSEN])]
    names = {f"minus_{WHOLE}": "difference", f"minus_{WHOLE}_low": "low", f"minus_{WHOLE}_high": "high"}
    columns = ["protocol", "model", "label", "panel", "metric", *names.values()]
    return part.rename(columns=names)[columns].reset_index(drop=True)


@styled
def draw_views(data: pd.DataFrame) -> Figure:
    """Draw :func:`views_data`: a panel for each metric and way, a row per view, a mark per protocol."""
    protocols = list(pd.unique(data["protocol"]))
    offsets = np.linspace(-0.3, 0.3, len(protocols)) if len(protocols) > 1 else [0.0]
    ways = list(pd.unique(data["panel"]))
    figure = Figure(figsize=(WIDE, 1.0 + 1.75 * len(ways)), layout="constrained")
    grid = figure.subplots(len(ways), len(ADDED), squeeze=False, sharey="row")
    for panels, way in zip(grid, ways):
        labels = data[data["panel"] == way].drop_duplicates("model")[["model", "label"]]
        places = {model: place for place, model in enumerate(labels["model"])}
        for axes, metric in zip(panels, ADDED):
            part = data[(data["panel"] == way) & (data["metric"] == metric)]
            axes.axvline(0, color=GREY, linewidth=0.7, linestyle=":")
            for number, protocol in enumerate(protocols):
                colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
                rows = part[part["protocol"] == protocol]
                height = rows["model"].map(places) + offsets[number]
                axes.hlines(height, rows["low"], rows["high"], color=colour, linewidth=0.9)
                axes.plot(rows["difference"], height, marker, color=colour, markersize=3.5, label=protocol)
            axes.set_title(f"{MEASURES[metric].display}: a view {way}, minus all views")
            axes.tick_params(axis="y", length=0)
            axes.spines["left"].set_visible(False)
        panels[0].set_yticks(range(len(labels)), labels["label"])
        panels[0].set_ylim(len(labels) - 0.4, -0.6)
    handles, names = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=len(names))
    return figure


def learning_curve_data(table: pd.DataFrame, constants: Sequence[str]) -> pd.DataFrame:
    """Select the points of the learning curve of the models that learn.

    Returns
    -------
    pandas.DataFrame
        share, model, label, metric, mean, ci_low, ci_high.
    """
    part = table[~table["model"].isin(constants) & table["metric"].isin(LEARNT) & table["rule"].isin(["", CHOSEN])]
    return part[["share", "model", "label", "metric", "mean", "ci_low", "ci_high"]].reset_index(drop=True)


@styled
def draw_learning_curve(data: pd.DataFrame) -> Figure:
    """Draw :func:`learning_curve_data`: a panel per metric, a line per model over the share of training rows."""
    models = data.drop_duplicates("model")[["model", "label"]]
    figure = Figure(figsize=(WIDE, 2.4), layout="constrained")
    panels = figure.subplots(1, len(LEARNT))
    offsets = np.linspace(-1.2, 1.2, len(models))
    for axes, metric in zip(panels, LEARNT):
        for number, model in enumerate(models.itertuples()):
            rows = data[(data["model"] == model.model) & (data["metric"] == metric)]
            ends = np.abs(rows[["ci_low", "ci_high"]].to_numpy().T - rows["mean"].to_numpy())
            axes.errorbar(
                100 * rows["share"] + offsets[number],
                rows["mean"],
                yerr=ends,
                fmt=f"{MARKERS[number % len(MARKERS)]}-",
                color=COLOURS[number % len(COLOURS)],
                markersize=3,
                linewidth=0.9,
                elinewidth=0.8,
                label=model.label,
            )
        axes.set_title(MEASURES[metric].display.replace(" within fifths by accession", "\nwithin rows of like age"))
        if metric.startswith("auc"):
            axes.axhline(CHANCE, color=GREY, linewidth=0.7, linestyle=":")
    figure.supxlabel("training rows, %", fontsize=7)
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=len(names))
    return figure
