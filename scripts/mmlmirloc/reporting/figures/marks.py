"""Colours and marks that several figures share."""

import numpy as np
from matplotlib.axes import Axes

from mmlmirloc.reporting.style import WIDTH

WIDE = 2.1 * WIDTH
"""Figures with many models take both columns of the journal."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "D", "^", "v", "P")
CHANCE = 0.5

FOLDS = "#D55E00"
"""Colour of the fold models: vermillion, which no location of the paper has."""


def rows_without_ticks(axes: Axes, title: str) -> None:
    """Title a panel whose rows have names instead of an axis."""
    axes.set_title(title)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def spread_bar(sd: float) -> float | None:
    """Return the half length of an error bar, None where there is none."""
    return None if np.isnan(sd) else sd
