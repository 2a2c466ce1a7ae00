"""Figures of the models beyond the paper: what each view adds, and the learning curve."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from mmlmirloc.evaluation.rules import CHOSEN
from mmlmirloc.evaluation.trust import MEASURES
from mmlmirloc.reporting.beyond_table import ALONE, LEFT_OUT, WHOLE
from mmlmirloc.reporting.style import GREY, INK, styled
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
        axes.set_title(MEASURES[metric].display.replace(" within fifths by accession", "\nwithin rows of like age"))
        if metric.startswith("auc"):
            axes.axhline(CHANCE, color=GREY, linewidth=0.7, linestyle=":")
    panels[len(panels) // 2].set_xlabel("training rows, %", loc="left")
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=len(names))
    return figure


STRONGEST = 20
"""Columns that the figure of importance shows."""


def importance_data(table: pd.DataFrame) -> pd.DataFrame:
    """Select all views and the :data:`STRONGEST` columns: what, view, column, mean, ci_low, ci_high, repeats."""
    views, columns = (table[table["what"] == what] for what in ("view", "column"))
    return pd.concat([views, columns.head(STRONGEST)], ignore_index=True)


@styled
def draw_importance(data: pd.DataFrame) -> Figure:
    """Draw :func:`importance_data`: the views above, the strongest columns in words below."""
    parts = [data[data["what"] == what] for what in ("view", "column")]
    figure = Figure(figsize=(WIDE, 0.9 + 0.17 * len(data)), layout="constrained")
    panels = figure.subplots(2, 1, height_ratios=[max(len(part), 1) for part in parts], sharex=False)
    titles = ("A view shuffled among the test rows", f"The {len(parts[1])} strongest single columns shuffled")
    for axes, part, title in zip(panels, parts, titles):
        height = np.arange(len(part))
        axes.axvline(0, color=GREY, linewidth=0.7, linestyle=":")
        axes.hlines(height, part["ci_low"], part["ci_high"], color=COLOURS[0], linewidth=0.9)
        axes.plot(part["mean"], height, "o", color=COLOURS[0], markersize=3)
        words = part["view"] if axes is panels[0] else part["view"] + ": " + part["column"]
        axes.set_yticks(height, words)
        axes.set_ylim(len(part) - 0.4, -0.6)
        axes.set_title(title)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    panels[1].set_xlabel("fall of macro AUC")
    return figure


def attributions_data(table: pd.DataFrame) -> pd.DataFrame:
    """Give each base of each hairpin its place in the drawing: the table with x and y."""
    import RNA

    parts = []
    for _, part in table.groupby("name", sort=False):
        bases = part.drop_duplicates("position")
        places = RNA.naview_xy_coordinates("".join(bases["structure"]))
        places = [(place.X, place.Y) for place in list(places)[: len(bases)]]
        where = dict(zip(bases["position"], places))
        x, y = zip(*(where[position] for position in part["position"]))
        parts.append(part.assign(x=x, y=y))
    return pd.concat(parts, ignore_index=True)


@styled
def draw_attributions(data: pd.DataFrame) -> Figure:
    """Draw :func:`attributions_data`: a row per hairpin, a column per location, a dot per base in its fold."""
    names, locations = list(pd.unique(data["name"])), list(pd.unique(data["location"]))
    figure = Figure(figsize=(WIDE, 1.55 * len(names) + 0.5), layout="constrained")
    grid = figure.subplots(len(names), len(locations), squeeze=False)
    most = max(data["attribution"].abs().max(), 1e-9)
    scale = ScalarMappable(Normalize(-most, most), "RdBu_r")
    for panels, name in zip(grid, names):
        for axes, location in zip(panels, locations):
            part = data[(data["name"] == name) & (data["location"] == location)]
            axes.plot(part["x"], part["y"], color=GREY, linewidth=0.5, zorder=1)
            colours = scale.to_rgba(part["attribution"])
            axes.scatter(part["x"], part["y"], c=colours, s=9, edgecolors=INK, linewidths=0.2, zorder=2)
            axes.set_aspect("equal")
            axes.axis("off")
            axes.set_title(f"{name}, {location}\nprobability {part['probability'].iloc[0]:.2f}", loc="center")
    bar = figure.colorbar(scale, ax=grid, location="bottom", shrink=0.5, aspect=40)
    bar.set_label("what the base adds to the probability (blue: another base would raise it)")
    return figure
