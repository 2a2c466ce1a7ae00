"""The label sets observed against those predicted, of one model."""

from collections import Counter
from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from mmlmirloc.colours import INK, ink_on
from mmlmirloc.reporting.figures.marks import FOLDS
from mmlmirloc.reporting.figures.scores import ensemble_scores
from mmlmirloc.reporting.style import WIDTH, styled


def prepare(scores: pd.DataFrame, model: str) -> pd.DataFrame:
    """Count observed against predicted label sets of one model.

    A location is predicted where the mean score of the fold models is at least .5.

    Parameters
    ----------
    scores : pandas.DataFrame
        Columns ``model``, ``accession``, ``location``, ``fold``, ``score`` (0..1), ``truth`` (0/1).
    model : str
        The model to draw.

    Returns
    -------
    pandas.DataFrame
        Columns ``observed``, ``predicted`` (label sets as letters, see :func:`letters`; "none" for the empty
        one), ``mirnas`` (count, 0 where there is none): all pairs of label sets that occur on either side,
        ordered by the number of labels and then by location.

    Raises
    ------
    InputError
        When a column is missing, the model has no scores, or a score is missing.
    """
    mean = ensemble_scores(scores, model)
    letter = letters(pd.unique(mean["location"]))
    mean = mean.assign(predicted=mean["score"] >= 0.5, observed=mean["truth"] == 1)
    observed, predicted = (
        [tuple(row) for row in mean.pivot(index="accession", columns="location", values=side)[list(letter)].to_numpy()]
        for side in ("observed", "predicted")
    )
    pairs = Counter(zip(observed, predicted, strict=True))
    sets = sorted({*observed, *predicted}, key=lambda held: (sum(held), [not one for one in held]))
    rows = [
        (set_name(left, letter), set_name(right, letter), pairs[left, right]) for left, right in product(sets, sets)
    ]
    return pd.DataFrame(rows, columns=["observed", "predicted", "mirnas"])


@styled
def draw(data: pd.DataFrame, locations: Sequence[str]) -> Figure:
    """Draw a heat map of observed against predicted label sets with the counts; exact matches are framed.

    Parameters
    ----------
    data : pandas.DataFrame
        Result of :func:`prepare`.
    locations : sequence of str
        The locations in the order of the scores, for the key of the letters.

    Returns
    -------
    matplotlib.figure.Figure
        One axes.
    """
    sets = list(pd.unique(data["observed"]))
    counts = data.pivot(index="observed", columns="predicted", values="mirnas").loc[sets, sets].to_numpy()
    colours = LinearSegmentedColormap.from_list("counts", ["white", INK])
    figure = Figure(figsize=(WIDTH, WIDTH + 0.25), layout="constrained")
    axes = figure.subplots()
    axes.imshow(counts, cmap=colours, vmin=0, vmax=max(counts.max(), 1))
    for y, x in zip(*np.nonzero(counts), strict=True):
        ink = ink_on(to_hex(colours(counts[y, x] / counts.max())))
        axes.text(x, y, str(counts[y, x]), ha="center", va="center", color=ink)
    for place in range(len(sets)):
        axes.add_patch(Rectangle((place - 0.5, place - 0.5), 1, 1, fill=False, edgecolor=FOLDS, linewidth=1, zorder=3))
    axes.set_xticks(range(len(sets)), sets, rotation=90)
    axes.set_yticks(range(len(sets)), sets)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(True)
    axes.set_xticks(np.arange(len(sets) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(sets) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="0.9", linewidth=0.4)
    axes.tick_params(which="minor", length=0)
    axes.set_xlabel("predicted label set (ensemble score ≥ 0.5)")
    axes.set_ylabel("observed label set")
    key = ", ".join(f"{letter} {location}" for location, letter in letters(locations).items())
    exact = int(np.trace(counts))
    axes.set_title(f"{key}\n{exact} of {counts.sum()} exactly right (framed)", loc="center")
    return figure


def letters(locations: Sequence[str]) -> dict[str, str]:
    """Abbreviate each location to the shortest beginning that no other location shares, with a capital."""
    return {
        location: next(
            location[:size].capitalize()
            for size in range(1, len(location) + 1)
            if size == len(location) or sum(other.startswith(location[:size]) for other in locations) == 1
        )
        for location in locations
    }


def set_name(held: Sequence[bool], letter: dict[str, str]) -> str:
    """Write a label set as letters, "none" for the empty one."""
    return "".join(name for name, has in zip(letter.values(), held, strict=True) if has) or "none"
