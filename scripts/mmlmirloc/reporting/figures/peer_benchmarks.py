"""Systems and controls on published benchmarks."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from mmlmirloc.colours import GREY
from mmlmirloc.reporting.figures.marks import CHANCE, COLOURS, WIDE
from mmlmirloc.reporting.style import styled

METRIC = "auc_macro"


def prepare(table: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Take the macro AUC under the published split, constants left out.

    Parameters
    ----------
    table : pandas.DataFrame
        Of :func:`mmlmirloc.reporting.peer_benchmarks.joined`.
    labels : mapping
        Benchmark -> name for readers.

    Returns
    -------
    pandas.DataFrame
        benchmark (name for readers), label, control, auc, low, high.
    """
    rows = table[(table["protocol"] == "given") & (table["metric"] == METRIC) & (table["ci_low"] < table["ci_high"])]
    renamed = {"mean": "auc", "ci_low": "low", "ci_high": "high"}
    rows = rows.rename(columns=renamed).assign(benchmark=rows["benchmark"].map(labels))
    return rows[["benchmark", "label", "control", *renamed.values()]].reset_index(drop=True)


@styled
def draw(data: pd.DataFrame) -> Figure:
    """Draw :func:`prepare`: a panel for each benchmark, a row for each system; controls are open."""
    names = list(data["benchmark"].unique())
    models = list(data["label"].unique())
    places = {label: place for place, label in enumerate(models)}
    columns = 2
    lines = -(-len(names) // columns)
    figure = Figure(figsize=(WIDE, 0.6 + (0.4 + 0.15 * len(models)) * lines), layout="constrained")
    panels = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
    for axes in panels.flat[len(names) :]:
        axes.set_visible(False)
    for axes, name in zip(panels.flat, names):
        rows = data[data["benchmark"] == name]
        axes.axvline(CHANCE, color=GREY, linewidth=0.7, linestyle=":")
        for control, colour, face in (("no", COLOURS[0], COLOURS[0]), ("yes", COLOURS[1], "none")):
            part = rows[rows["control"] == control]
            height = part["label"].map(places)
            axes.hlines(height, part["low"], part["high"], color=colour, linewidth=0.9)
            told = "control" if control == "yes" else "system"
            axes.plot(part["auc"], height, "o", color=colour, markerfacecolor=face, markersize=3.5, label=told)
        axes.set_title(name)
        axes.set_yticks(range(len(models)), models)
        axes.set_ylim(len(models) - 0.5, -0.5)
        axes.tick_params(axis="y", length=0)
    # The last panel of a column, since the place below it may be empty.
    for axes in panels.flat[max(len(names) - columns, 0) : len(names)]:
        axes.set_xlabel("macro AUC, published split or folds")
        axes.tick_params(labelbottom=True)
    handles, told = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, told, loc="outside lower center", ncols=2)
    return figure
