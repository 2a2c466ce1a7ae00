"""What a forest's predictions rest on: views and columns shuffled."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mmlmirloc.colours import GREY
from mmlmirloc.reporting.figures.marks import COLOURS, WIDE
from mmlmirloc.reporting.style import styled

STRONGEST = 20
"""Columns that the figure shows."""

# Of the species whose own nearest homolog is a column, by miRBase's codes.
SPECIES = {
    "hsa": "human",
    "ptr": "the chimpanzee",
    "ppy": "the orangutan",
    "ggo": "the gorilla",
    "mml": "the rhesus macaque",
    "cja": "the marmoset",
    "mmu": "the mouse",
    "rno": "the rat",
    "cpo": "the guinea pig",
    "ocu": "the rabbit",
    "bta": "the cow",
    "eca": "the horse",
    "cfa": "the dog",
    "ssc": "the pig",
    "efu": "the big brown bat",
    "dno": "the armadillo",
    "mdo": "the opossum",
    "oan": "the platypus",
    "gga": "the chicken",
    "aca": "the anole",
    "xtr": "the clawed frog",
    "dre": "the zebrafish",
}


def prepare(table: pd.DataFrame) -> pd.DataFrame:
    """Select all views and the :data:`STRONGEST` columns: what, view, column, mean, ci_low, ci_high, repeats.

    A column of one species has its name in the place of miRBase's code.
    """
    views, columns = (table[table["what"] == what] for what in ("view", "column"))
    shown = pd.concat([views, columns.head(STRONGEST)], ignore_index=True)
    return shown.assign(column=shown["column"].map(in_words, na_action="ignore"))


def in_words(column: str) -> str:
    """Return the name of a column with that of a species in the place of its code at the end."""
    words, _, code = column.rpartition(" in ")
    return f"{words} in {SPECIES[code]}" if code in SPECIES else column


@styled
def draw(data: pd.DataFrame) -> Figure:
    """Draw :func:`prepare`: the views above, the strongest columns in words below."""
    parts = [data[data["what"] == what] for what in ("view", "column")]
    figure = Figure(figsize=(WIDE, 0.9 + 0.17 * len(data)), layout="constrained")
    panels = figure.subplots(2, 1, height_ratios=[max(len(part), 1) for part in parts], sharex=False)
    titles = ("A view shuffled among the test rows", f"The {len(parts[1])} strongest single columns shuffled")
    for axes, part, title in zip(panels, parts, titles):
        height = np.arange(len(part))
        axes.axvline(0, color=GREY, linewidth=0.7, linestyle=":")
        axes.hlines(height, part["ci_low"], part["ci_high"], color=COLOURS[0], linewidth=0.9)
        axes.plot(part["mean"], height, "o", color=COLOURS[0], markersize=3)
        words = part["view"] if axes is panels[0] else part["view"] + ": " + part["column"]
        axes.set_yticks(height, words)
        axes.set_ylim(len(part) - 0.4, -0.6)
        axes.set_title(title)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    panels[1].set_xlabel("fall of macro AUC")
    return figure
