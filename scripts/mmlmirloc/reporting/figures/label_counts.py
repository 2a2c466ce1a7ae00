"""The miRNAs of each location by how many locations they have (Fig. 2b)."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from mmlmirloc.colours import INK, ink_on, location_colours, tint
from mmlmirloc.reporting.figures.dataset import check_locations
from mmlmirloc.reporting.style import WIDTH, styled


def prepare(mirnas: pd.DataFrame, locations: Sequence[str]) -> pd.DataFrame:
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
def draw(data: pd.DataFrame) -> Figure:
    """Draw a bar per location, stacked by the number of locations its miRNAs have.

    As in the paper the lowest part is the miRNAs with most locations; the total stands on top. A number that
    does not fit into its part stands at its right.

    Parameters
    ----------
    data : pandas.DataFrame
        Result of :func:`prepare`.

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
