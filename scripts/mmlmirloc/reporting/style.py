"""What all figures share: sizes, letters, and how they are saved."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from mmlmirloc.colours import INK
from mmlmirloc.files import whole

# Some drawing libraries ask pyplot for a backend; on a machine without a screen only this one serves.
matplotlib.use("Agg")

WIDTH = 3.4
"""Width of every figure in inches: one column of a two-column journal."""

RC = {
    # DejaVu Sans comes with matplotlib: the same letters, and so the same bytes, on every machine.
    "font.family": "DejaVu Sans",
    "font.size": 7,
    "axes.titlesize": 7,
    "axes.labelsize": 7,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "lines.linewidth": 1.2,
    "lines.markersize": 4,
    "figure.dpi": 100,
    "savefig.dpi": 300,
    "pdf.fonttype": 42,
}


def styled(draw: Callable[..., Figure]) -> Callable[..., Figure]:
    """Run a drawing function with the settings of this module, and leave those of the caller alone."""
    return matplotlib.rc_context(RC)(draw)


def save(figure: Figure, pdf: str | Path, png: str | Path, note: str = "") -> None:
    """Write ``figure`` as PDF and as PNG of 300 dots per inch.

    Neither file holds a date or a version, so that the same figure gives the same bytes. ``note`` stands above the
    picture, so that a figure of control data says so wherever it is shown.
    """
    options = {}
    if note:
        above = textwrap.fill(note, 50)
        figure.text(0.5, 1.01, above, ha="center", va="bottom", color=INK, fontsize=7).set_in_layout(False)
        # Room for what stands above the drawing, whose layout has no part in it.
        options = {"bbox_inches": whole_of(figure)}
    # Ticks are made when a figure is rendered, with the settings of that moment.
    with matplotlib.rc_context(RC):
        with whole(pdf) as temporary:
            metadata = {"CreationDate": None, "Creator": None, "Producer": None}
            figure.savefig(temporary, format="pdf", metadata=metadata, **options)
        with whole(png) as temporary:
            figure.savefig(temporary, format="png", metadata={"Software": None}, **options)


def whole_of(figure: Figure) -> Bbox:
    """Return the page of ``figure`` (inches) with room for two lines above it."""
    width, height = figure.get_size_inches()
    return Bbox.from_extents(0, 0, width, height + 0.35)
