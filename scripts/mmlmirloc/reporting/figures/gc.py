"""How much G and C the miRNAs of each location hold."""

import pandas as pd
from matplotlib.figure import Figure

from mmlmirloc.colours import location_colours
from mmlmirloc.reporting.style import WIDTH, styled


def prepare(table: pd.DataFrame) -> pd.DataFrame:
    """Take the whole table."""
    return table


@styled
def draw(data: pd.DataFrame) -> Figure:
    """Draw a bar for each location."""
    figure = Figure(figsize=(WIDTH, 2), layout="constrained")
    axes = figure.subplots()
    colours = location_colours(data["location"])
    axes.barh(data["location"], data["gc"], color=[colours[location] for location in data["location"]])
    axes.set_xlabel("share of G and C")
    return figure
