"""What each view adds to the model of all views."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mmlmirloc.colours import GREY
from mmlmirloc.evaluation.names import CHOSEN, WHOLE
from mmlmirloc.reporting.figures.marks import COLOURS, MARKERS, WIDE
from mmlmirloc.reporting.style import styled

ADDED = {"accuracy": "Accuracy", "auc_macro": "Macro AUC"}
"""Metrics of the figure, a column of panels each, and what they are called."""


def prepare(table: pd.DataFrame) -> pd.DataFrame:
    """Select from the table of models beyond the paper what each view adds.

    Returns
    -------
    pandas.DataFrame
        protocol, model, label, panel (alone or left out), metric, difference, low, high: the model with one view, or
        without it, minus the model with all views.
    """
    part = table.rename(columns={"ablation": "panel"})
    part = part[(part["panel"] != "") & part["metric"].isin(ADDED) & part["rule"].isin(["", CHOSEN])]
    names = {f"minus_{WHOLE}": "difference", f"minus_{WHOLE}_low": "low", f"minus_{WHOLE}_high": "high"}
    columns = ["protocol", "model", "label", "panel", "metric", *names.values()]
    return part.rename(columns=names)[columns].reset_index(drop=True)


@styled
def draw(data: pd.DataFrame) -> Figure:
    """Draw :func:`prepare`: a panel for each metric and way, a row per view, a mark per protocol."""
    protocols = list(pd.unique(data["protocol"]))
    offsets = np.linspace(-0.3, 0.3, len(protocols)) if len(protocols) > 1 else [0.0]
    ways = list(pd.unique(data["panel"])) or ["left out"]
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
            axes.set_title(f"{ADDED[metric]}: a view {way}, minus all views")
            axes.tick_params(axis="y", length=0)
            axes.spines["left"].set_visible(False)
        panels[0].set_yticks(range(len(labels)), labels["label"])
        panels[0].set_ylim(len(labels) - 0.4, -0.6)
    handles, names = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=len(names))
    return figure
