"""ROC-AUC and PR-AUC per location with the paper's values (Fig. 4)."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mmlmirloc.colours import GREY, INK, location_colours
from mmlmirloc.reporting.figures.areas import PR, ROC, by_location, legend_below, summary
from mmlmirloc.reporting.figures.marks import spread_bar
from mmlmirloc.reporting.style import WIDTH, styled


def prepare(scores: pd.DataFrame, model: str, paper: pd.DataFrame | None = None) -> pd.DataFrame:
    """Compute ROC-AUC and PR-AUC of one model per location (Fig. 4).

    Parameters and errors are those of ``prepare`` of :mod:`mmlmirloc.reporting.figures.roc`.

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


@styled
def draw(data: pd.DataFrame) -> Figure:
    """Draw ROC-AUC and PR-AUC per location with the spread over fold models, the ensemble and the paper's value.

    Parameters
    ----------
    data : pandas.DataFrame
        Result of :func:`prepare`.

    Returns
    -------
    matplotlib.figure.Figure
        Two axes, ROC-AUC and PR-AUC.
    """
    locations = list(pd.unique(data["location"]))
    colours, compared = location_colours(locations), data["paper"].notna().any()
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
            if compared:
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
        *([Line2D([], [], color="black", marker="x", linestyle="none", label="paper")] if compared else []),
        Line2D([], [], color=GREY, linestyle="--", linewidth=0.9, label="chance"),
    ]
    legend_below(figure, keys, data)
    return figure
