"""Accuracy within strata of the test rows."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mmlmirloc.reporting.figures.marks import COLOURS, MARKERS, WIDE
from mmlmirloc.reporting.style import styled

STRATA = {
    "locations": "recorded locations",
    "accession": "fifth by accession,\noldest first",
    "length": "length, bases",
}


def prepare(strata: pd.DataFrame, protocol: str, models: Sequence[str]) -> pd.DataFrame:
    """Select the strata of some models under one protocol, in the models' order."""
    part = strata[(strata["protocol"] == protocol) & strata["model"].isin(models)]
    rank = part["model"].map(list(models).index)
    return part.iloc[np.argsort(rank, kind="stable")].reset_index(drop=True)


@styled
def draw(data: pd.DataFrame) -> Figure:
    """Draw :func:`prepare`: accuracy, a panel per kind of stratum, a mark per model, its rows below."""
    models = data.drop_duplicates("model")[["model", "label"]]
    figure = Figure(figsize=(WIDE, 2.7), layout="constrained")
    # There are no fifths where accessions tell no age.
    shown = {stratum: title for stratum, title in STRATA.items() if stratum in set(data["stratum"])}
    counts = [data[data["stratum"] == stratum]["value"].nunique() for stratum in shown]
    panels = figure.subplots(1, len(shown), sharey=True, width_ratios=counts)
    offsets = np.linspace(-0.24, 0.24, len(models))
    for axes, (stratum, title) in zip(panels, shown.items()):
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
