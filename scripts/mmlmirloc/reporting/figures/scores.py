"""Scores of one model, checked, and the ensemble of its fold models."""

import pandas as pd

from mmlmirloc.errors import InputError

SCORE_COLUMNS = ["model", "accession", "location", "fold", "score", "truth"]


def scores_of(scores: pd.DataFrame, model: str) -> pd.DataFrame:
    """Return the scores of one model, checked, or raise InputError."""
    missing = [name for name in SCORE_COLUMNS if name not in scores.columns]
    if missing:
        raise InputError(
            f"Scores have no column {', '.join(missing)}",
            "the table of scores",
            f"the columns {', '.join(SCORE_COLUMNS)}",
            "give the table that the score rule writes",
        )
    found = scores[scores["model"] == model]
    if found.empty:
        raise InputError(
            f"The model {model} has no scores",
            "the table of scores",
            f"one of {', '.join(map(str, pd.unique(scores['model'])))}",
            "name a model that was trained, or train this one",
        )
    if found["score"].isna().any():
        row = found[found["score"].isna()].iloc[0]
        raise InputError(
            f"The model {model} gave no score for {row['accession']} at {row['location']} (fold {row['fold']})",
            "the table of scores",
            "a number from 0 to 1",
            "look into the log of the model's training; its loss may have become infinite",
        )
    return found


def ensemble_scores(scores: pd.DataFrame, model: str) -> pd.DataFrame:
    """Average the fold models of one model for each row.

    Returns
    -------
    pandas.DataFrame
        Columns ``location``, ``accession``, ``score`` (mean over folds), ``truth``; locations in the order of
        their first appearance, accessions sorted.
    """
    found = scores_of(scores, model)
    locations = list(pd.unique(found["location"]))
    mean = found.groupby(["location", "accession"], as_index=False).agg(score=("score", "mean"), truth=("truth", "max"))
    order = mean["location"].map(locations.index)
    return mean.assign(order=order).sort_values(["order", "accession"], ignore_index=True).drop(columns="order")
