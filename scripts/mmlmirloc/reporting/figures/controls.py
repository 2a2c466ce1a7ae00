"""What each learner makes of labels that cannot be learnt, of planted and of recorded ones."""

import pandas as pd
from matplotlib.figure import Figure

from mmlmirloc.colours import GREY
from mmlmirloc.reporting.figures.marks import CHANCE, COLOURS, WIDE, rows_without_ticks
from mmlmirloc.reporting.style import styled


def prepare(controls: pd.DataFrame, table: pd.DataFrame, protocol: str) -> pd.DataFrame:
    """Put the controls' AUC beside that under a protocol with the recorded labels.

    Returns
    -------
    pandas.DataFrame
        panel (shuffled, planted, recorded), model, label, mean, ci_low, ci_high, in the order of ``controls``.
    """
    first = controls.rename(columns={"control": "panel", "auc_macro": "mean"})
    # Of the ensemble, as the controls' AUC is.
    shown = (table["protocol"] == protocol) & (table["metric"] == "auc_macro") & (table["rule"] == "")
    real = table[shown & table["model"].isin(first["model"])].assign(panel="recorded")
    return pd.concat([first, real], ignore_index=True)[["panel", "model", "label", "mean", "ci_low", "ci_high"]]


@styled
def draw(data: pd.DataFrame) -> Figure:
    """Draw :func:`prepare`: macro AUC on shuffled, planted and recorded labels, a row per model."""
    titles = {
        "shuffled": "labels shuffled:\n0.5 expected",
        "planted": "labels planted:\nabove 0.5 expected",
        "recorded": "labels as recorded",
    }
    labels = data.drop_duplicates("model")[["model", "label"]]
    places = {model: place for place, model in enumerate(labels["model"])}
    figure = Figure(figsize=(WIDE, 0.7 + 0.17 * len(labels)), layout="constrained")
    panels = figure.subplots(1, len(titles), sharey=True)
    for axes, (panel, title), colour in zip(panels, titles.items(), COLOURS):
        for row in data[data["panel"] == panel].itertuples():
            height = places[row.model]
            axes.plot([row.ci_low, row.ci_high], [height, height], color=colour, linewidth=1)
            axes.plot(row.mean, height, "o", color=colour, markersize=3)
        axes.axvline(CHANCE, color=GREY, linewidth=0.7, linestyle=":")
        rows_without_ticks(axes, title)
        axes.set_xlim((0.35, 0.65) if panel == "shuffled" else (0.35, 1))
        axes.set_xlabel("macro AUC")
    panels[0].set_yticks(range(len(labels)), labels["label"])
    panels[0].set_ylim(len(labels) - 0.5, -0.5)
    return figure
