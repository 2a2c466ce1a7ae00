"""Reliability curves before and after Platt scaling."""

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mmlmirloc.colours import GREY, location_colours
from mmlmirloc.reporting.style import WIDTH, styled

FEW = 0.02


def prepare(curves: pd.DataFrame, models: Sequence[str], comparison: str) -> pd.DataFrame:
    """Select the reliability curves of some models of a comparison, in their order, without bins of a few rows.

    Left out is a bin with less than :data:`FEW` of a curve's rows, whose frequency means nothing.
    """
    curves = curves[curves["comparison"] == comparison].drop(columns="comparison")
    share = curves["count"] / curves.groupby(["model", "location", "form"])["count"].transform("sum")
    part = curves[curves["model"].isin(models) & (share >= FEW)]
    rank = part["model"].map(list(models).index)
    return part.iloc[np.argsort(rank, kind="stable")].reset_index(drop=True)


@styled
def draw(data: pd.DataFrame) -> Figure:
    """Draw :func:`prepare`: a row per model, before and after Platt scaling side by side, a line per location.

    The size of a mark tells how many rows are in its bin.
    """
    models = data.drop_duplicates("model")[["model", "label"]]
    colours = location_colours(pd.unique(data["location"]))
    figure = Figure(figsize=(WIDTH, 1.75 * len(models) + 0.4), layout="constrained")
    grid = figure.subplots(len(models), 2, sharex=True, sharey=True, squeeze=False)
    forms = {"score": "scores as they are", "calibrated": "after Platt scaling"}
    largest = data["count"].max()
    for panels, model in zip(grid, models.itertuples()):
        for axes, (form, title) in zip(panels, forms.items()):
            axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.7, linestyle=":")
            for location, colour in colours.items():
                rows = data[(data["model"] == model.model) & (data["form"] == form) & (data["location"] == location)]
                axes.plot(rows["predicted"], rows["observed"], color=colour, linewidth=0.9, label=location)
                axes.scatter(
                    rows["predicted"], rows["observed"], s=2 + 30 * rows["count"] / largest, color=colour, linewidth=0
                )
            axes.set_title(f"{textwrap.fill(model.label, 22)}\n{title}")
            axes.set_aspect("equal")
            axes.set_xlim(-0.03, 1.03)
            axes.set_ylim(-0.03, 1.03)
        panels[0].set_ylabel("share recorded")
    for axes in grid[-1]:
        axes.set_xlabel("predicted probability")
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2)
    return figure
