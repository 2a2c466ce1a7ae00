"""The learning curve: a growing share of the training rows."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mmlmirloc.colours import GREY
from mmlmirloc.evaluation.names import CHOSEN
from mmlmirloc.reporting.figures.marks import CHANCE, COLOURS, MARKERS, WIDE
from mmlmirloc.reporting.style import styled

LEARNT = {
    "accuracy": "Accuracy",
    "subset_accuracy": "Subset accuracy",
    "auc_macro": "Macro AUC",
    "auc_within_twentieths": "Macro AUC\nwithin rows of like age",
}
"""Metrics of the figure, and what the panel of each is called."""


def prepare(table: pd.DataFrame, constants: Sequence[str]) -> pd.DataFrame:
    """Select the points of the learning curve of the models that learn.

    Returns
    -------
    pandas.DataFrame
        share, model, label, metric, mean, ci_low, ci_high.
    """
    part = table[~table["model"].isin(constants) & table["metric"].isin(LEARNT) & table["rule"].isin(["", CHOSEN])]
    return part[["share", "model", "label", "metric", "mean", "ci_low", "ci_high"]].reset_index(drop=True)


@styled
def draw(data: pd.DataFrame) -> Figure:
    """Draw :func:`prepare`: a panel per metric, a line per model over the share of training rows."""
    models = data.drop_duplicates("model")[["model", "label"]]
    figure = Figure(figsize=(WIDE, 2.4), layout="constrained")
    panels = figure.subplots(1, len(LEARNT))
    offsets = np.linspace(-1.2, 1.2, len(models)) if len(models) > 1 else [0.0]
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
        axes.set_title(LEARNT[metric])
        if metric.startswith("auc"):
            axes.axhline(CHANCE, color=GREY, linewidth=0.7, linestyle=":")
    panels[len(panels) // 2].set_xlabel("training rows, %", loc="left")
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=min(len(names), 3))
    return figure
