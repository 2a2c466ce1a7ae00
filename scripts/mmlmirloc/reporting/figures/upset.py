"""The label sets of the miRNAs as an upset plot (Fig. 2a)."""

import warnings
from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mmlmirloc.colours import INK, location_colours, tint
from mmlmirloc.reporting.figures.dataset import check_locations
from mmlmirloc.reporting.style import WIDTH, styled


def prepare(mirnas: pd.DataFrame, locations: Sequence[str]) -> pd.DataFrame:
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
def draw(data: pd.DataFrame) -> Figure:
    """Draw label sets as an upset plot, with the count above each bar.

    The bars of the locations' totals are left out: they stand in the figure of label counts, and the room is
    needed for legible counts.

    Parameters
    ----------
    data : pandas.DataFrame
        Result of :func:`prepare`.

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
