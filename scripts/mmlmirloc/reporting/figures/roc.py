"""ROC curves of one model per location (Fig. S3)."""

import pandas as pd
from matplotlib.figure import Figure

from mmlmirloc.reporting.figures.areas import ROC
from mmlmirloc.reporting.figures.curves import curve_data, draw_curves
from mmlmirloc.reporting.style import styled


def prepare(scores: pd.DataFrame, model: str, paper: pd.DataFrame | None = None) -> pd.DataFrame:
    """Compute the ROC curves of one model per location (Fig. S3).

    Parameters
    ----------
    scores : pandas.DataFrame
        Columns ``model``, ``accession``, ``location``, ``fold``, ``score`` (0..1), ``truth`` (0/1): test rows,
        each scored by each fold model.
    model : str
        The model to draw.
    paper : pandas.DataFrame, optional
        Columns ``location``, ``roc_auc``, ``pr_auc``: the paper's Fig. 4.

    Returns
    -------
    pandas.DataFrame
        Columns ``location``, ``positives``, ``rows`` (test rows), ``curve`` ("ensemble": exact points; "folds":
        mean over fold models at ``GRID``), ``false_positive_rate``, ``true_positive_rate``, ``sd`` (over fold
        models; missing for the ensemble), ``area`` (AUC of the ensemble, or its mean over fold models),
        ``area_sd``, ``chance`` (area without information), ``paper``. A location without positives or without
        negatives has one row per curve with everything that is undefined missing.

    Raises
    ------
    InputError
        When a column is missing, the model has no scores, or a score is missing.
    """
    return curve_data(scores, model, paper, ROC)


@styled
def draw(data: pd.DataFrame) -> Figure:
    """Draw a panel per location: ROC curve of the ensemble, band of the fold models, diagonal of chance.

    Parameters
    ----------
    data : pandas.DataFrame
        Result of :func:`prepare`.

    Returns
    -------
    matplotlib.figure.Figure
        One axes per location, titled with the number of positives, the AUC of the ensemble, the mean AUC of the
        fold models, and the paper's AUC.
    """
    return draw_curves(data, ROC)
