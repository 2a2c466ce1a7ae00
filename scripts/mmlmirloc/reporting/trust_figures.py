"""Figures of the trust table: protocols, calibration, strata and controls."""

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mmlmirloc.evaluation.rules import CHOSEN
from mmlmirloc.evaluation.standing import ERA
from mmlmirloc.evaluation.trust import MEASURES
from mmlmirloc.reporting.style import GREY, INK, WIDTH, location_colours, styled

SHOWN = ("accuracy", "auc_macro", "auc_within_fifths")
"""Metrics of the figure of protocols, a panel each."""

WIDE = 2.1 * WIDTH
"""Figures with many models take both columns of the journal."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "D", "^", "v", "P")
CHANCE = 0.5
FEW = 0.02


def protocols_data(table: pd.DataFrame, constants: Sequence[str]) -> pd.DataFrame:
    """Select what the figure of protocols shows.

    Parameters
    ----------
    table : pandas.DataFrame
        The trust table.
    constants : sequence of str
        Models that always answer the same; they stand first.

    Returns
    -------
    pandas.DataFrame
        protocol, model, label, metric, mean, ci_low, ci_high, standing (reference for constants and era; above for a
        model that is clearly above both; open for the others): of the metrics :data:`SHOWN`, sets under the chosen
        rule; constants, era, then the others in the table's order.
    """
    part = table[table["metric"].isin(SHOWN) & table["rule"].isin(["", CHOSEN])]
    rank = part["model"].map(lambda model: 0 if model in constants else 1 if model == ERA else 2)
    standing = np.where(rank < 2, "reference", np.where(part["not_above"] == "", "above", "open"))
    part = part.assign(standing=standing).iloc[np.argsort(rank, kind="stable")]
    columns = ["protocol", "model", "label", "metric", "mean", "ci_low", "ci_high", "standing"]
    return part[columns].reset_index(drop=True)


@styled
def draw_protocols(data: pd.DataFrame) -> Figure:
    """Draw :func:`protocols_data`: a panel per metric, a row per model, a mark per protocol.

    A filled mark is clearly above both the best constant and era, an open one is not; constants and era have a tick.
    """
    labels = data.drop_duplicates("model")[["model", "label"]]
    protocols = list(pd.unique(data["protocol"]))
    figure = Figure(figsize=(WIDE, 0.55 + 0.3 * len(labels)), layout="constrained")
    panels = figure.subplots(1, len(SHOWN), sharey=True)
    offsets = np.linspace(-0.3, 0.3, len(protocols)) if len(protocols) > 1 else [0.0]
    places = {model: place for place, model in enumerate(labels["model"])}
    for axes, metric in zip(panels, SHOWN):
        for number, protocol in enumerate(protocols):
            rows = data[(data["metric"] == metric) & (data["protocol"] == protocol)]
            colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
            for row in rows.itertuples():
                height = places[row.model] + offsets[number]
                axes.plot([row.ci_low, row.ci_high], [height, height], color=colour, linewidth=0.9)
                axes.plot(
                    row.mean,
                    height,
                    "|" if row.standing == "reference" else marker,
                    color=colour,
                    markerfacecolor=colour if row.standing == "above" else "white",
                    markersize=3.5,
                    markeredgewidth=0.8,
                )
        _rows(axes, MEASURES[metric].display.replace(" within fifths by accession", "\nwithin rows of like age"))
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
    handles += panels[0].plot([], [], "o", label="open: not clearly above constant and era", **hollow)
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    return figure


def _rows(axes: Axes, title: str) -> None:
    axes.set_title(title)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _limit(axes: Axes, shown: pd.DataFrame) -> None:
    """Show every mean; cut intervals of few repeats, which would squeeze all others."""
    low = min(shown["mean"].min(), shown["ci_low"].quantile(0.05))
    high = max(shown["mean"].max(), shown["ci_high"].quantile(0.95))
    margin = 0.03 * (high - low) + 0.005
    axes.set_xlim(max(low - margin, 0), min(high + margin, 1))


def calibration_data(curves: pd.DataFrame, models: Sequence[str]) -> pd.DataFrame:
    """Select the reliability curves of some models, in their order, without bins of a few rows.

    Left out is a bin with less than :data:`FEW` of a curve's rows, whose frequency means nothing.
    """
    share = curves["count"] / curves.groupby(["model", "location", "form"])["count"].transform("sum")
    part = curves[curves["model"].isin(models) & (share >= FEW)]
    rank = part["model"].map(list(models).index)
    return part.iloc[np.argsort(rank, kind="stable")].reset_index(drop=True)


@styled
def draw_calibration(data: pd.DataFrame) -> Figure:
    """Draw :func:`calibration_data`: a row per model, before and after Platt scaling side by side, a line per location.

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


STRATA = {
    "locations": "recorded locations",
    "accession": "fifth by accession,\noldest first",
    "length": "length, bases",
}


def strata_data(strata: pd.DataFrame, protocol: str, models: Sequence[str]) -> pd.DataFrame:
    """Select the strata of some models under one protocol, in the models' order."""
    part = strata[(strata["protocol"] == protocol) & strata["model"].isin(models)]
    rank = part["model"].map(list(models).index)
    return part.iloc[np.argsort(rank, kind="stable")].reset_index(drop=True)


@styled
def draw_strata(data: pd.DataFrame) -> Figure:
    """Draw :func:`strata_data`: accuracy, a panel per kind of stratum, a mark per model, its rows below."""
    models = data.drop_duplicates("model")[["model", "label"]]
    figure = Figure(figsize=(WIDE, 2.7), layout="constrained")
    counts = [data[data["stratum"] == stratum]["value"].nunique() for stratum in STRATA]
    panels = figure.subplots(1, len(STRATA), sharey=True, width_ratios=counts)
    offsets = np.linspace(-0.24, 0.24, len(models))
    for axes, (stratum, title) in zip(panels, STRATA.items()):
        part = data[data["stratum"] == stratum]
        values = list(pd.unique(part["value"]))
        for number, model in enumerate(models.itertuples()):
            rows = part[part["model"] == model.model].set_index("value").reindex(values)
            x = np.arange(len(values)) + offsets[number]
            colour = COLOURS[number % len(COLOURS)]
            ends = np.abs(rows[["ci_low", "ci_high"]].to_numpy().T - rows["mean"].to_numpy())
            axes.errorbar(
                x,
                rows["mean"],
                yerr=ends,
                fmt=MARKERS[number % len(MARKERS)],
                color=colour,
                markersize=3,
                elinewidth=0.8,
                label=model.label,
            )
        sizes = part.groupby("value")["rows"].mean()
        axes.set_xticks(
            range(len(values)), [f"{value.removeprefix('fifth ')}\n({sizes[value]:.0f})" for value in values]
        )
        axes.set_title(title)
        axes.set_ylim(0, 1)
    panels[0].set_ylabel("accuracy")
    panels[len(panels) // 2].set_xlabel("stratum (rows of one test part)")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3)
    return figure


def controls_data(controls: pd.DataFrame, table: pd.DataFrame, protocol: str) -> pd.DataFrame:
    """Put the controls' AUC beside that under a protocol with the recorded labels.

    Returns
    -------
    pandas.DataFrame
        panel (shuffled, planted, recorded), model, label, mean, ci_low, ci_high, in the order of ``controls``.
    """
    first = controls.rename(columns={"control": "panel", "auc_macro": "mean"})
    real = table[(table["protocol"] == protocol) & (table["metric"] == "auc_macro")].assign(panel="recorded")
    real = real[real["model"].isin(first["model"])]
    return pd.concat([first, real], ignore_index=True)[["panel", "model", "label", "mean", "ci_low", "ci_high"]]


@styled
def draw_controls(data: pd.DataFrame) -> Figure:
    """Draw :func:`controls_data`: macro AUC on shuffled, planted and recorded labels, a row per model."""
    titles = {
        "shuffled": "labels shuffled:\n0.5 expected",
        "planted": "labels planted:\nabove 0.5 expected",
        "recorded": "labels as recorded",
    }
    labels = data.drop_duplicates("model")[["model", "label"]]
    places = {model: place for place, model in enumerate(labels["model"])}
    figure = Figure(figsize=(WIDE, 0.7 + 0.17 * len(labels)), layout="constrained")
    panels = figure.subplots(1, len(titles), sharey=True)
    for axes, (panel, title), colour in zip(panels, titles.items(), COLOURS):
        for row in data[data["panel"] == panel].itertuples():
            height = places[row.model]
            axes.plot([row.ci_low, row.ci_high], [height, height], color=colour, linewidth=1)
            axes.plot(row.mean, height, "o", color=colour, markersize=3)
        axes.axvline(CHANCE, color=GREY, linewidth=0.7, linestyle=":")
        _rows(axes, title)
        axes.set_xlim((0.35, 0.65) if panel == "shuffled" else (0.35, 1))
        axes.set_xlabel("macro AUC")
    panels[0].set_yticks(range(len(labels)), labels["label"])
    panels[0].set_ylim(len(labels) - 0.5, -0.5)
    return figure
