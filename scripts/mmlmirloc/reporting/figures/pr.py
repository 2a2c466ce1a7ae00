"""Precision-recall curves of one model per location (Fig. S3)."""

import pandas as pd
from matplotlib.figure import Figure

from mmlmirloc.reporting.figures.areas import PR
from mmlmirloc.reporting.figures.curves import curve_data, draw_curves
from mmlmirloc.reporting.style import styled


def prepare(scores: pd.DataFrame, model: str, paper: pd.DataFrame | None = None) -> pd.DataFrame:
    """Compute the precision-recall curves of one model per location (Fig. S3).

    Parameters and errors are those of ``prepare`` of :mod:`mmlmirloc.reporting.figures.roc`.

    Returns
    -------
    pandas.DataFrame
        As there, with ``recall`` and ``precision`` in the place of the two rates. ``area`` is the average precision (no
        interpolation); ``chance`` is the prevalence.
    """
    return curve_data(scores, model, paper, PR)


@styled
def draw(data: pd.DataFrame) -> Figure:
    """Draw a panel per location: precision-recall curve of the ensemble, band of the fold models, prevalence.

    Parameters
    ----------
    data : pandas.DataFrame
        Result of :func:`prepare`.

    Returns
    -------
    matplotlib.figure.Figure
        As that of the ROC curves, with average precision in the place of AUC.
    """
    return draw_curves(data, PR)
