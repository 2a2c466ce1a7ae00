"""What each base of some hairpins adds, in their fold."""

import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from mmlmirloc.colours import GREY, INK
from mmlmirloc.reporting.figures.marks import WIDE
from mmlmirloc.reporting.style import styled


def prepare(table: pd.DataFrame) -> pd.DataFrame:
    """Give each base of each hairpin its place in the drawing: the table with x and y."""
    import RNA

    parts = []
    for _, part in table.groupby("name", sort=False):
        bases = part.drop_duplicates("position")
        places = RNA.naview_xy_coordinates("".join(bases["structure"]))
        places = lying(np.array([(place.X, place.Y) for place in list(places)[: len(bases)]]))
        where = dict(zip(bases["position"], places))
        x, y = zip(*(where[position] for position in part["position"]))
        parts.append(part.assign(x=x, y=y))
    return pd.concat(parts, ignore_index=True)


def lying(places: np.ndarray) -> np.ndarray:
    """Turn a fold, shape (n, 2), as miRBase shows hairpins: both ends at the left, the 5p arm above."""
    ends = places[[0, -1]].mean(axis=0)
    along = places.mean(axis=0) - ends
    along = along / max(np.hypot(*along), 1e-9)
    turned = (places - ends) @ np.array([along, [-along[1], along[0]]]).T
    half = len(turned) // 2
    return turned * [1, 1 if turned[:half, 1].mean() >= turned[half:, 1].mean() else -1]


@styled
def draw(data: pd.DataFrame) -> Figure:
    """Draw :func:`prepare`: a row per hairpin, a column per location, a dot per base in its fold."""
    names, locations = list(pd.unique(data["name"])), list(pd.unique(data["location"]))
    figure = Figure(figsize=(WIDE, 0.75 * len(names) + 0.6), layout="constrained")
    grid = figure.subplots(len(names), len(locations), squeeze=False)
    most = max(data["attribution"].abs().max(), 1e-9)
    scale = ScalarMappable(Normalize(-most, most), "RdBu_r")
    for panels, name in zip(grid, names):
        for axes, location in zip(panels, locations):
            part = data[(data["name"] == name) & (data["location"] == location)]
            # Narrow as a hairpin is, its outermost bases reach over the panel's edge.
            axes.plot(part["x"], part["y"], color=GREY, linewidth=0.5, zorder=1, clip_on=False)
            colours = scale.to_rgba(part["attribution"])
            axes.scatter(part["x"], part["y"], c=colours, s=9, edgecolors=INK, linewidths=0.2, zorder=2, clip_on=False)
            axes.set_aspect("equal")
            axes.axis("off")
            axes.set_title(f"{name}, {location}\nprobability {part['probability'].iloc[0]:.2f}", loc="center")
    bar = figure.colorbar(scale, ax=grid, location="bottom", shrink=0.5, aspect=40)
    bar.set_label("what the base adds to the probability (blue: another base would raise it)")
    return figure
