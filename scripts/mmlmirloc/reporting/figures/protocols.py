"""All models under every protocol, a panel per metric."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mmlmirloc.colours import GREY, INK
from mmlmirloc.evaluation.names import CHOSEN
from mmlmirloc.reporting.figures.marks import CHANCE, COLOURS, MARKERS, WIDE, rows_without_ticks
from mmlmirloc.reporting.style import styled

SHOWN = {
    "accuracy": "Accuracy",
    "auc_macro": "Macro AUC",
    "auc_within_twentieths": "Macro AUC\nwithin rows of like age",
}
"""Metrics of the figure, and what the panel of each is called."""
TICKS = {"constant": "|", "age": "|", "few": "x"}
"""Marks in the place of a protocol's own."""


def prepare(table: pd.DataFrame, constants: Sequence[str], era: str) -> pd.DataFrame:
    """Select what the figure of protocols shows.

    Parameters
    ----------
    table : pandas.DataFrame
        The trust table.
    constants : sequence of str
        Models that always answer the same; they stand first.
    era : str
        The predictor that knows when a miRNA was discovered; it follows them. Empty where there is none.

    Returns
    -------
    pandas.DataFrame
        protocol, model, label, metric, mean, ci_low, ci_high, standing (age for era and constant for constants; few
        where there are too few repeats for an interval; above for a model that is clearly above both; open for the
        others): of the metrics :data:`SHOWN`, sets under the chosen rule; constants, era, then the others in the
        table's order.
    """
    part = table[table["metric"].isin(SHOWN) & table["rule"].isin(["", CHOSEN])]
    rank = part["model"].map(lambda model: 0 if model in constants else 1 if model == era else 2)
    standing = np.select(
        [rank == 0, rank == 1, part["ci_low"].isna(), part["not_above"] == ""],
        ["constant", "age", "few", "above"],
        default="open",
    )
    part = part.assign(standing=standing).iloc[np.argsort(rank, kind="stable")]
    columns = ["protocol", "model", "label", "metric", "mean", "ci_low", "ci_high", "standing"]
    return part[columns].reset_index(drop=True)


@styled
def draw(data: pd.DataFrame) -> Figure:
    """Draw :func:`prepare`: a panel per metric, a row per model, a mark per protocol.

    A filled mark is clearly above both the best constant and era, an open one is not; a cross stands for too few
    repeats. Constants and era have a tick, and era a line through all rows.
    """
    labels, aged = data.drop_duplicates("model")[["model", "label"]], "auc_within_twentieths" in set(data["metric"])
    protocols = list(pd.unique(data["protocol"]))
    figure = Figure(figsize=(WIDE, 0.55 + 0.3 * len(labels)), layout="constrained")
    # There is nothing within like age where accessions tell no age.
    metrics = [metric for metric in SHOWN if metric in set(data["metric"])]
    panels = figure.subplots(1, len(metrics), sharey=True)
    offsets = np.linspace(-0.3, 0.3, len(protocols)) if len(protocols) > 1 else [0.0]
    places = {model: place for place, model in enumerate(labels["model"])}
    for axes, metric in zip(panels, metrics):
        for number, protocol in enumerate(protocols):
            rows = data[(data["metric"] == metric) & (data["protocol"] == protocol)]
            colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
            for row in rows.itertuples():
                height = places[row.model] + offsets[number]
                if row.standing == "age":
                    axes.axvline(row.mean, color=colour, linewidth=0.6, alpha=0.5, zorder=0.5)
                axes.plot([row.ci_low, row.ci_high], [height, height], color=colour, linewidth=0.9)
                axes.plot(
                    row.mean,
                    height,
                    TICKS.get(row.standing, marker),
                    color=colour,
                    markerfacecolor=colour if row.standing == "above" else "white",
                    markersize=3.5,
                    markeredgewidth=0.8,
                )
        rows_without_ticks(axes, SHOWN[metric])
        if metric != "accuracy":
            axes.axvline(CHANCE, color=GREY, linewidth=0.7, linestyle=":")
        shown = data[data["metric"] == metric]
        _limit(axes, shown)
        for place in range(0, len(labels), 2):
            axes.axhspan(place - 0.5, place + 0.5, color="#F3F3F3", zorder=0, linewidth=0)
    panels[0].set_yticks(range(len(labels)), labels["label"])
    panels[0].set_ylim(len(labels) - 0.4, -0.6)
    handles = [
        panels[0].plot([], [], MARKERS[n % 6], color=COLOURS[n % 6], markersize=4, label=protocol)[0]
        for n, protocol in enumerate(protocols)
    ]
    hollow = {"color": INK, "markerfacecolor": "white", "markersize": 4}
    handles += panels[0].plot(
        [], [], "o", label=f"open: not clearly above constant{' and era' if aged else ''}", **hollow
    )
    if aged:
        handles += panels[0].plot([], [], color=INK, linewidth=0.6, alpha=0.5, label="age (era)")
    if (data["standing"] == "few").any():
        handles += panels[0].plot([], [], "x", color=INK, markersize=4, label="too few repeats for an interval")
    figure.legend(handles=handles, loc="outside lower center", ncols=-(-len(handles) // 2))
    return figure


def _limit(axes: Axes, shown: pd.DataFrame) -> None:
    """Show every mean; cut intervals of few repeats, which would squeeze all others."""
    low = min(shown["mean"].min(), shown["ci_low"].quantile(0.05))
    high = max(shown["mean"].max(), shown["ci_high"].quantile(0.95))
    margin = 0.03 * (high - low) + 0.005
    axes.set_xlim(max(low - margin, 0), min(high + margin, 1))
