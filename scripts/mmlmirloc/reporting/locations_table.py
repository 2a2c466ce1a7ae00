"""One model's ranking quality per location (the paper's Fig. 4), as a table."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.evaluation.metrics import LABEL_METRICS
from mmlmirloc.evaluation.names import ONE_DRAW
from mmlmirloc.files import read_table, write_table
from mmlmirloc.reporting.tables import between, heading, number, spread, write_text


def by_location(metrics: str | Path, model: str, paper: str | Path | None, labels: pd.DataFrame) -> pd.DataFrame:
    """Join a model's areas per location with the paper's and with the prevalence.

    Parameters
    ----------
    metrics : path
        Table of :func:`mmlmirloc.evaluation.one_split.measure_split`.
    model : str
        Whose lines are taken.
    paper : path or None
        location, roc_auc, pr_auc.
    labels : pandas.DataFrame
        Test labels (n, locations); their mean is the prevalence, which is what PR-AUC is by chance.

    Returns
    -------
    pandas.DataFrame
        location, metric, prevalence, paper where it is given, then the columns ``ONE_DRAW``.
    """
    table = read_table(metrics, columns=["model", "metric", "location", *ONE_DRAW], text=["metric", "location"])
    table = table[table["model"] == model].set_index(["location", "metric"])
    rows = [
        [location, metric, share, *table.loc[(location, metric), ONE_DRAW]]
        for location, share in labels.mean().items()
        for metric in LABEL_METRICS
    ]
    areas = pd.DataFrame(rows, columns=["location", "metric", "prevalence", *ONE_DRAW])
    if paper:
        printed = read_table(paper, columns=["location", *LABEL_METRICS], text=["location"]).set_index("location")
        values = [printed[row.metric].get(row.location, np.nan) for row in areas.itertuples()]
        areas.insert(3, "paper", values)
    return areas


def write_locations_table(
    metrics: str | Path,
    test: str | Path,
    paper: str | Path | None,
    locations: Sequence[str],
    model: str,
    label: str,
    note: str,
    table: str | Path,
    markdown: str | Path,
) -> None:
    """Write :func:`by_location` of the test rows as TSV, and as Markdown under the model's name ``label``."""
    areas = by_location(metrics, model, paper, read_table(test, columns=locations)[list(locations)])
    write_table(areas, table)
    readable = pd.DataFrame(
        {
            "location": areas["location"],
            "metric": areas["metric"].map({name: metric.display for name, metric in LABEL_METRICS.items()}),
            "chance": [number(0.5 if row.metric == "roc_auc" else row.prevalence) for row in areas.itertuples()],
            **({"paper": areas["paper"].map(number)} if paper else {}),
            "fold models, mean ± sd": [spread(row.fold_mean, row.fold_sd) for row in areas.itertuples()],
            "ensemble [interval]": [
                between(row.ensemble, row.ensemble_low, row.ensemble_high) for row in areas.itertuples()
            ],
        }
    )
    caption = f"{label} by location on the test rows" + (" (the paper's Fig. 4)" if paper else "")
    body = readable.to_markdown(index=False, disable_numparse=True)
    reading = f"{READING} {UNSAID}" if paper else READING
    write_text(heading(caption, note) + f"{body}\n\n{reading}\n", markdown)


READING = (
    "The test rows are the first draw of the split of the figures (figures.split in the config). Chance is what "
    "scores without information have: 0.5 of ROC-AUC, and of PR-AUC the share of the test rows that hold the "
    "location. The ensemble is the fold models' mean score; its interval (the config's evaluation.level) is a "
    "bootstrap over test rows."
)
UNSAID = "The paper does not say whether its areas are of one model or of several."
