"""The curves of one kind, per location (Fig. S3): what the figures of ROC and of precision-recall share."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from mmlmirloc.colours import GREY, INK, location_colours
from mmlmirloc.reporting.figures.areas import GRID, Area, by_location, deviation, legend_below, summary
from mmlmirloc.reporting.style import WIDTH


def curve_data(scores: pd.DataFrame, model: str, paper: pd.DataFrame | None, area: Area) -> pd.DataFrame:
    """Compute the curves of one kind; see :mod:`mmlmirloc.reporting.figures.roc`."""
    x, y = area.x.replace(" ", "_"), area.y.replace(" ", "_")
    parts = []
    for location, folds, ensemble in by_location(scores, model):
        row = summary(area, location, folds, ensemble, paper)
        curves = {"ensemble": ([np.nan], [np.nan], np.nan), "folds": ([np.nan], [np.nan], np.nan)}
        if area.defined(ensemble[0]):
            on_grid = np.array([area.on_grid(*area.points(*fold)) for fold in folds])
            curves["ensemble"] = (*area.points(*ensemble), np.nan)
            curves["folds"] = (GRID, on_grid.mean(axis=0), deviation(on_grid))
        for curve, (across, up, sd) in curves.items():
            part = pd.DataFrame({x: across, y: up, "sd": sd})
            part = part.assign(location=location, positives=row["positives"], rows=row["rows"], curve=curve)
            part["area"] = row["ensemble"] if curve == "ensemble" else row["fold_mean"]
            part["area_sd"] = np.nan if curve == "ensemble" else row["fold_sd"]
            parts.append(part.assign(chance=row["chance"], paper=row["paper"]))
    columns = ["location", "positives", "rows", "curve", x, y, "sd", "area", "area_sd", "chance", "paper"]
    return pd.concat(parts, ignore_index=True)[columns]


def draw_curves(data: pd.DataFrame, area: Area) -> Figure:
    """Draw the curves of one kind; see :mod:`mmlmirloc.reporting.figures.roc`."""
    locations = list(pd.unique(data["location"]))
    colours = location_colours(locations)
    lines = -(-len(locations) // 2)
    figure = Figure(figsize=(WIDTH, 0.6 + 1.9 * lines), layout="constrained")
    panels = figure.subplots(lines, 2, sharex=True, sharey=True, squeeze=False).ravel()
    for location, axes in zip(locations, panels, strict=False):
        draw_panel(axes, data[data["location"] == location], area, colours[location])
    for axes in panels[len(locations) :]:
        axes.remove()
    for axes in panels[max(len(locations) - 2, 0) : len(locations)]:
        axes.set_xlabel(area.x)
        axes.tick_params(labelbottom=True)
    for axes in panels[::2]:
        axes.set_ylabel(area.y)
    name, chance = ("AUC", "chance") if area.negatives else ("AP", "prevalence")
    keys = [
        Line2D([], [], color=INK, label=f"ensemble ({name})"),
        Patch(color=INK, alpha=0.25, linewidth=0, label="folds, mean ± sd"),
        Line2D([], [], color=GREY, linestyle="--", linewidth=0.8, label=chance),
    ]
    legend_below(figure, keys, data)
    return figure


def draw_panel(axes: Axes, part: pd.DataFrame, area: Area, colour: str) -> None:
    """Draw the curves of one location."""
    x, y = area.x.replace(" ", "_"), area.y.replace(" ", "_")
    ensemble, folds = (part[part["curve"] == curve].sort_index() for curve in ("ensemble", "folds"))
    first, mean = ensemble.iloc[0], folds.iloc[0]
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), box_aspect=1)
    axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    name = "AUC" if area.negatives else "AP"
    count = f"{part['location'].iloc[0]}, {first['positives']:.0f} positive"
    paper = "" if np.isnan(first["paper"]) else f", paper {first['paper']:.3f}"
    if np.isnan(first["area"]):
        axes.text(0.5, 0.5, "undefined:\nonly one class\namong test rows", ha="center", va="center", color=INK)
        axes.set_title(f"{count}\n{name} undefined{paper}\n")
        return
    if area.negatives:
        axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=0.8)
    else:
        axes.axhline(first["chance"], color=GREY, linestyle="--", linewidth=0.8)
    if folds["sd"].notna().any():
        low, high = (np.clip(folds[y] + sign * folds["sd"], 0, 1) for sign in (-1, 1))
        axes.fill_between(folds[x], low, high, color=colour, alpha=0.3, linewidth=0)
    # Average precision holds each precision back to the recall before it.
    start = ensemble.iloc[[0]].assign(**{x: 0.0})
    line = ensemble if area.negatives else pd.concat([start, ensemble])
    axes.plot(line[x], line[y], color=colour, drawstyle="default" if area.negatives else "steps-pre")
    spread = "" if np.isnan(mean["area_sd"]) else f" ± {mean['area_sd']:.3f}"
    axes.set_title(f"{count}\n{name} {first['area']:.3f}{paper}\nfolds {mean['area']:.3f}{spread}")
