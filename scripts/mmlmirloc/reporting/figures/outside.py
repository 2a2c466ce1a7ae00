"""How models rank hairpins that an outside source has found."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mmlmirloc.colours import GREY
from mmlmirloc.reporting.figures.marks import CHANCE, COLOURS, MARKERS, WIDE
from mmlmirloc.reporting.style import styled

PAIRS = {"auc": "all pairs", "within_age": "of like age", "within_abundance": "of like abundance"}
"""Columns of the table that are drawn, and which pairs of hairpins each counts."""


def prepare(table: pd.DataFrame) -> pd.DataFrame:
    """Lay the drawn numbers of the table of the outside check below each other.

    Returns
    -------
    pandas.DataFrame
        location, since, unknown, negatives, model, label, pairs, auc, low, high.
    """
    kept = ["location", "since", "unknown", "negatives", "model", "label"]
    parts = [
        table[kept].assign(pairs=pairs, auc=table[name], low=table[f"{name}_low"], high=table[f"{name}_high"])
        for name, pairs in PAIRS.items()
    ]
    return pd.concat(parts, ignore_index=True)


@styled
def draw(data: pd.DataFrame) -> Figure:
    """Draw :func:`prepare`: panels by location and time, a row per model, a mark for each kind of pairs."""
    asked = list(data.groupby(["location", "since"], sort=False))
    times = data["since"].nunique()
    models = data.drop_duplicates("model")
    places = {model: place for place, model in enumerate(models["model"])}
    lines = len(asked) // times
    figure = Figure(figsize=(WIDE, 0.6 + (0.35 + 0.17 * len(models)) * lines), layout="constrained")
    panels = figure.subplots(lines, times, sharex=True, sharey=True, squeeze=False)
    for axes, ((location, since), part) in zip(panels.flat, asked):
        axes.axvline(CHANCE, color=GREY, linewidth=0.7, linestyle=":")
        for number, pairs in enumerate(PAIRS.values()):
            rows = part[part["pairs"] == pairs]
            height = rows["model"].map(places) + np.linspace(-0.22, 0.22, len(PAIRS))[number]
            axes.hlines(height, rows["low"], rows["high"], color=COLOURS[number], linewidth=0.9)
            axes.plot(rows["auc"], height, MARKERS[number], color=COLOURS[number], markersize=3, label=pairs)
        first = part.iloc[0]
        when = f"since {since}" if since else "in any year"
        axes.set_title(f"{location}: {first.unknown} of {first.negatives} found {when}")
        axes.set_yticks(range(len(models)), models["label"])
        axes.set_ylim(len(models) - 0.5, -0.5)
        axes.tick_params(axis="y", length=0)
    for axes in panels[-1]:
        axes.set_xlabel("AUC of the found against the others")
    handles, names = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=len(names))
    return figure
