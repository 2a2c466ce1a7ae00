"""Sequence lengths overall and per location (Fig. 2c, S1, S2)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mmlmirloc.colours import GREY, INK, location_colours
from mmlmirloc.reporting.figures.dataset import check_locations
from mmlmirloc.reporting.style import WIDTH, styled

EVERY = "all"
"""The name of the group of all miRNAs."""


def prepare(mirnas: pd.DataFrame, locations: Sequence[str]) -> pd.DataFrame:
    """List sequence lengths overall and per location (Fig. 2c, S1, S2).

    Parameters
    ----------
    mirnas : pandas.DataFrame
        One row per miRNA: ``accession``, ``sequence``, a 0/1 column per location.
    locations : sequence of str
        The location columns, in the order to be drawn.

    Returns
    -------
    pandas.DataFrame
        Columns ``group`` ("all" or a location), ``accession``, ``length`` (nt), ``median`` (of the group, nt).
        A miRNA stands once in "all" and once in each of its locations. A location without miRNAs has one row
        with everything else missing.

    Raises
    ------
    InputError
        When a column is missing, or there is no miRNA.
    """
    locations = check_locations(mirnas, locations)
    parts = []
    for group in [EVERY, *locations]:
        rows = mirnas if group == EVERY else mirnas[mirnas[group].astype(int) == 1]
        length = rows["sequence"].str.len().astype(float)
        part = pd.DataFrame(
            {"group": group, "accession": rows["accession"], "length": length, "median": length.median()}
        )
        parts.append(part if len(part) else pd.DataFrame({"group": [group]}))
    return pd.concat(parts, ignore_index=True)


@styled
def draw(data: pd.DataFrame) -> Figure:
    """Draw violins of sequence length side by side, and below a histogram of each group on the same axis.

    Parameters
    ----------
    data : pandas.DataFrame
        Result of :func:`prepare`.

    Returns
    -------
    matplotlib.figure.Figure
        Axes: the violins, then one histogram per group; all share the axis of length in nt.
    """
    groups = list(pd.unique(data["group"]))
    colours = {EVERY: GREY, **location_colours([group for group in groups if group != EVERY])}
    lengths = {group: data.loc[data["group"] == group, "length"].dropna().to_numpy() for group in groups}
    figure = Figure(figsize=(WIDTH, 1.6 + 0.62 * len(groups)), layout="constrained")
    violins, *histograms = figure.subplots(
        len(groups) + 1, sharex=True, gridspec_kw={"height_ratios": [0.5 * len(groups), *[1] * len(groups)]}
    )
    edges = np.histogram_bin_edges(lengths[EVERY] if EVERY in lengths else data["length"].dropna(), bins=40)
    # Lengths are whole numbers: edges half-way between them keep the bars from filling unevenly.
    width = max(1, round(edges[1] - edges[0]))
    edges = np.arange(np.floor(edges[0]) - 0.5, edges[-1] + width + 0.5, width)
    for number, (group, axes) in enumerate(zip(groups, histograms, strict=True)):
        draw_violin(violins, -number, lengths[group], colours[group])
        draw_histogram(axes, group, lengths[group], edges, colours[group])
    violins.set_yticks([-number for number in range(len(groups))], groups)
    violins.tick_params(axis="x", labelbottom=False)
    histograms[len(groups) // 2].set_ylabel(f"miRNAs per {width} nt" if width > 1 else "miRNAs")
    histograms[-1].set_xlabel("sequence length (nt)")
    return figure


def draw_violin(axes: Axes, y: float, lengths: np.ndarray, colour: str) -> None:
    """Draw the density of ``lengths`` at height ``y``, its quartiles as a bar and its median as a white dot."""
    if not len(lengths):
        return
    violin = axes.violinplot(lengths, [y], orientation="horizontal", widths=0.85, showextrema=False)
    for body in violin["bodies"]:
        body.set(facecolor=colour, edgecolor=colour, alpha=0.55, linewidth=0.5)
    low, middle, high = np.percentile(lengths, [25, 50, 75])
    axes.plot([low, high], [y, y], color=INK, linewidth=2.5, solid_capstyle="butt")
    axes.plot(middle, y, "o", color="white", markeredgecolor=INK, markeredgewidth=0.6)


def draw_histogram(axes: Axes, group: str, lengths: np.ndarray, edges: np.ndarray, colour: str) -> None:
    """Draw the histogram of one group with its median and size."""
    if len(lengths):
        axes.hist(lengths, edges, color=colour)
        axes.axvline(np.median(lengths), color=INK, linestyle="--", linewidth=0.8)
        note = f"{group}: n = {len(lengths)}, median {np.median(lengths):g} nt"
    else:
        note = f"{group}: no miRNA"
    axes.set_title(note, pad=2)
    axes.yaxis.set_major_locator(MaxNLocator(2, integer=True))
