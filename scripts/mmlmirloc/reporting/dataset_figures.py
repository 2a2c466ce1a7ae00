"""Figures of the dataset: label sets (Fig. 2a), labels per location (Fig. 2b), sequence lengths (Fig. 2c, S1, S2)."""

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from mmlmirloc.errors import InputError
from mmlmirloc.reporting.style import GREY, INK, WIDTH, ink_on, location_colours, styled, tint

EVERY = "all"
"""The name of the group of all miRNAs in the figure of lengths."""


def upset_data(mirnas: pd.DataFrame, locations: Sequence[str]) -> pd.DataFrame:
    """Count the miRNAs of each label set (Fig. 2a).

    Parameters
    ----------
    mirnas : pandas.DataFrame
        One row per miRNA with a 0/1 column per location.
    locations : sequence of str
        The location columns, in the order to be drawn.

    Returns
    -------
    pandas.DataFrame
        A row per label set that occurs: a 0/1 column per location, ``labels_held``, ``mirnas`` (count);
        ordered by the number of labels (as in the paper), then by falling count, then by location.

    Raises
    ------
    InputError
        When a location has no column, or there is no miRNA.
    """
    locations = check_locations(mirnas, locations)
    sets = mirnas[locations].astype(int).value_counts(sort=False).rename("mirnas").reset_index()
    sets.insert(len(locations), "labels_held", sets[locations].sum(axis=1))
    order = ["labels_held", "mirnas", *locations]
    return sets.sort_values(order, ascending=[True] + [False] * (len(order) - 1), ignore_index=True)


@styled
def draw_upset(data: pd.DataFrame) -> Figure:
    """Draw label sets as an upset plot, with the count above each bar.

    The bars of the locations' totals are left out: they stand in the figure of label counts, and the room is
    needed for legible counts.

    Parameters
    ----------
    data : pandas.DataFrame
        Result of :func:`upset_data`.

    Returns
    -------
    matplotlib.figure.Figure
        Axes named ``intersections`` and ``matrix``.
    """
    from upsetplot import UpSet

    locations = list(data.columns[: data.columns.get_loc("labels_held")])
    colours = location_colours(locations)
    counts = data["mirnas"].set_axis(pd.MultiIndex.from_frame(data[locations].astype(bool)))
    figure = Figure()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of the package itself, about pandas
        plot = UpSet(
            counts,
            sort_by="input",
            sort_categories_by="-input",
            facecolor=INK,
            element_size=13,
            totals_plot_elements=0,
            show_counts=True,
        )
        for location in locations:
            plot.style_categories(location, shading_facecolor=tint(colours[location], 0.35))
        axes = plot.plot(fig=figure)
    # The package sizes the figure by its elements; ours is a column wide, whatever the number of sets.
    figure.set_size_inches(WIDTH, 2.4)
    left, bottom, width, height = 0.245, 0.02, 0.745, 0.33
    axes["shading"].set_position((0.0, bottom, 1.0, height))
    axes["matrix"].set_position((left, bottom, width, height))
    axes["intersections"].set_position((left, bottom + height + 0.02, width, 0.56))
    axes["intersections"].set_ylabel("miRNAs")
    # Lines instead of an axis, which would stand in the way of the first count.
    axes["intersections"].grid(color="0.9", linewidth=0.5)
    axes["intersections"].spines["left"].set_visible(False)
    axes["intersections"].tick_params(length=0)
    axes["intersections"].yaxis.set_major_locator(MaxNLocator(5, integer=True))
    if len(data) > 12:  # three digits are then wider than a bar and its gap
        for count in axes["intersections"].texts:
            count.set_rotation(90)
    for name in ("intersections", "matrix"):
        axes[name].set_label(name)
    return figure


def label_counts_data(mirnas: pd.DataFrame, locations: Sequence[str]) -> pd.DataFrame:
    """Count the miRNAs of each location by how many locations they have (Fig. 2b, and the rows of Tables I, II).

    Parameters
    ----------
    mirnas : pandas.DataFrame
        One row per miRNA with a 0/1 column per location.
    locations : sequence of str
        The location columns, in the order to be drawn.

    Returns
    -------
    pandas.DataFrame
        Columns ``location``, ``labels_held`` (1 to the number of locations), ``mirnas`` (0 where there is
        none), ``total`` (of the location).

    Raises
    ------
    InputError
        When a location has no column, or there is no miRNA.
    """
    locations = check_locations(mirnas, locations)
    labels = mirnas[locations].astype(int)
    held = labels.sum(axis=1)
    rows = [
        (location, number, int(((held == number) & (labels[location] == 1)).sum()), int(labels[location].sum()))
        for location in locations
        for number in range(1, len(locations) + 1)
    ]
    return pd.DataFrame(rows, columns=["location", "labels_held", "mirnas", "total"])


@styled
def draw_label_counts(data: pd.DataFrame) -> Figure:
    """Draw a bar per location, stacked by the number of locations its miRNAs have.

    As in the paper the lowest part is the miRNAs with most locations; the total stands on top. A number that
    does not fit into its part stands at its right.

    Parameters
    ----------
    data : pandas.DataFrame
        Result of :func:`label_counts_data`.

    Returns
    -------
    matplotlib.figure.Figure
        One axes.
    """
    locations = list(pd.unique(data["location"]))
    colours = location_colours(locations)
    most = int(data["labels_held"].max())
    figure = Figure(figsize=(WIDTH, 2.9), layout="constrained")
    axes = figure.subplots()
    top = max(data["total"].max(), 1) * 1.08
    line = top * 0.04  # height of one line of text
    for x, location in enumerate(locations):
        part = data[data["location"] == location].sort_values("labels_held", ascending=False)
        bottom, free = 0, 0.0
        for number, count in zip(part["labels_held"], part["mirnas"], strict=True):
            colour = tint(colours[location], shade(number, most))
            axes.bar(x, count, 0.6, bottom, color=colour, edgecolor="white", linewidth=0.5)
            middle = bottom + count / 2
            if count >= line:
                axes.text(x, middle, str(count), ha="center", va="center", color=ink_on(colour))
            elif count:
                free = max(free, middle)
                axes.text(x + 0.33, free, str(count), ha="left", va="center")
                free += line
            bottom += count
        axes.text(x, bottom + line * 0.2, str(part["total"].iloc[0]), ha="center", va="bottom", weight="bold")
    axes.set_xticks(range(len(locations)), locations)
    axes.set_xlim(-0.5, len(locations) - 0.4)
    axes.set_ylim(0, top)
    axes.set_ylabel("miRNAs")
    keys = [
        Patch(facecolor=tint(INK, shade(number, most)), edgecolor="white", label=str(number))
        for number in range(1, most + 1)
    ]
    title = "number of locations of the miRNA"
    axes.legend(handles=keys, title=title, ncols=min(most, 4), loc="upper right", columnspacing=1.5, handletextpad=0.5)
    return figure


def shade(number: int, most: int) -> float:
    """Return how strong a colour is for ``number`` labels of at most ``most``: fullest for the most."""
    return 0.25 + 0.75 * (number - 1) / max(most - 1, 1)


def lengths_data(mirnas: pd.DataFrame, locations: Sequence[str]) -> pd.DataFrame:
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
def draw_lengths(data: pd.DataFrame) -> Figure:
    """Draw violins of sequence length side by side, and below a histogram of each group on the same axis.

    Parameters
    ----------
    data : pandas.DataFrame
        Result of :func:`lengths_data`.

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


def check_locations(mirnas: pd.DataFrame, locations: Sequence[str]) -> list[str]:
    """Return ``locations`` as a list, when each has a column and there is something to draw."""
    missing = [location for location in locations if location not in mirnas.columns]
    if missing or not len(locations):
        raise InputError(
            f"The dataset has no column for the location {', '.join(missing)}" if missing else "No location is named",
            "the table of miRNAs",
            f"a 0/1 column per location (found: {', '.join(map(str, mirnas.columns))})",
            "name the locations as in the dataset table",
        )
    if mirnas.empty:
        raise InputError(
            "There is no miRNA to draw", "the table of miRNAs", "at least one row", "look at the counts of the dataset"
        )
    return list(locations)
