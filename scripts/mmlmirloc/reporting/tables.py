"""Tables of results, each number beside the paper's: TSV for programs, Markdown for readers."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.evaluation.metrics import MAIN_METRICS, METRICS
from mmlmirloc.evaluation.names import CONSTANT, ERA, ONE_DRAW
from mmlmirloc.files import read_table, whole

# What a number carries that is not clearly above a reference, in every table.
MARKS = {CONSTANT: "†", ERA: "‡"}
# The paper gives one F1 and one AUC; either reading of ours stands beside it.
PAPER_COLUMN = {"f1_of_means": "f1", "auc_macro_labels": "auc_macro"}


def read_paper(paths: Sequence[str | Path]) -> dict[str, pd.Series]:
    """Read the paper's tables of results: model -> its numbers by metric."""
    rows = {}
    for path in paths:
        table = read_table(path, columns=["model", *MAIN_METRICS], text=["model", "label"])
        rows |= {row["model"]: row for _, row in table.iterrows()}
    return rows


def comparison(metrics: str | Path, labels: Mapping[str, str], paper: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Join the metrics of several models with the paper's numbers.

    Parameters
    ----------
    metrics : path
        Table of :func:`mmlmirloc.evaluation.one_split.measure_split`.
    labels : mapping
        Model -> name for readers, in the table's order.
    paper : mapping
        Model -> the paper's numbers, where it has the model.

    Returns
    -------
    pandas.DataFrame
        model, label, metric, paper (empty where it has none), then the columns ``ONE_DRAW``, and not_above (which of
        constant and era the ensemble is not clearly above); the metrics of each model in the order of ``METRICS``.
    """
    parts = []
    columns = ["model", "metric", *ONE_DRAW, "not_above"]
    measured = read_table(metrics, columns=columns, text=["model", "metric", "not_above"])
    for model, label in labels.items():
        part = measured[(measured["model"] == model) & measured["metric"].isin(METRICS)].copy()
        printed = paper.get(model)
        part["paper"] = [
            np.nan if printed is None else printed[PAPER_COLUMN.get(metric, metric)] for metric in part["metric"]
        ]
        parts.append(part.assign(label=label)[["model", "label", "metric", "paper", *ONE_DRAW, "not_above"]])
    return pd.concat(parts, ignore_index=True)


def comparison_markdown(table: pd.DataFrame, caption: str, note: str = "") -> str:
    """Return the table for readers: per model a line for the fold mean, the ensemble and the paper."""
    heads = [
        METRICS[name].display + ("" if METRICS[name].higher_is_better else " (lower is better)") for name in METRICS
    ]
    lines = []
    for (_, label), part in table.groupby(["model", "label"], sort=False):
        part = part.set_index("metric").loc[list(METRICS)]
        lines.append(
            [
                f"**{label}**",
                "fold models, mean ± sd",
                *(spread(row.fold_mean, row.fold_sd) for row in part.itertuples()),
            ]
        )
        bounds = (
            between(row.ensemble, row.ensemble_low, row.ensemble_high) + marks(row.not_above)
            for row in part.itertuples()
        )
        lines.append(["", "ensemble [interval]", *bounds])
        if part["paper"].notna().any():
            lines.append(["", "paper", *(number(value) for value in part["paper"])])
    body = pd.DataFrame(lines, columns=["model", "", *heads]).to_markdown(index=False, disable_numparse=True)
    return heading(caption, note) + f"{body}\n\n{READING}\n"


def heading(caption: str, note: str) -> str:
    """Return a Markdown heading, with the note below it where there is one."""
    return f"# {caption}\n\n" + (f"**{note}**\n\n" if note else "")


READING = (
    "The test rows are the first draw of the table's split (config/tables.yaml). A location is predicted where its "
    "score reaches the config's evaluation.threshold. Fold models: each of the fold models scores the same test rows "
    "(the paper's protocol); sd over the fold models says nothing about other test rows. Ensemble: their mean score; "
    f"its interval (the config's evaluation.level) is a bootstrap over test rows. {MARKS[CONSTANT]}: not clearly "
    f"above the best constant answer; {MARKS[ERA]}: not clearly above the age predictor, which knows the accession "
    "number and the number in the name only (paired bootstrap of the ensembles on these test rows; the trust table "
    "has all protocols). The paper prints one F1 and one AUC: either reading of ours stands beside it. The paper's "
    "line of a constant is computed from its Table II."
)


def marks(not_above: str) -> str:
    """Return the signs of what a number is not clearly above."""
    return "".join(MARKS[name] for name in not_above.split("+") if name)


def number(value: float) -> str:
    """Four decimals as in the paper; a dash for a missing value."""
    return "–" if pd.isna(value) else f"{value:.4f}"


def spread(mean: float, sd: float) -> str:
    """Mean ± sd."""
    return number(mean) if pd.isna(sd) else f"{mean:.4f} ± {sd:.4f}"


def between(value: float, low: float, high: float) -> str:
    """Value [low, high]."""
    return number(value) if pd.isna(low) else f"{value:.4f} [{low:.3f}, {high:.3f}]"


def write_text(text: str, path: str | Path) -> None:
    """Write UTF-8 text, whole or not at all."""
    with whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
