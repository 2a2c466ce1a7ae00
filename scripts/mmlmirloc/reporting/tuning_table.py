"""What each model chose among, and how well each point of its grid did on validation rows."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from mmlmirloc.files import read_table, write_table
from mmlmirloc.reporting.tables import heading, spread, write_text

SCORES = ["objective", "mean", "sd", "chosen"]


def gather_tuning(tunings: Mapping[str, str | Path], labels: Mapping[str, str]) -> pd.DataFrame:
    """Join the grids of several models.

    Parameters
    ----------
    tunings : mapping
        Model -> its ``tuning.tsv`` of :func:`mmlmirloc.training.train_model`, in the table's order.
    labels : mapping
        Model -> name for readers.

    Returns
    -------
    pandas.DataFrame
        model, label, setting (``key=value`` joined by ``, ``; empty for a model without a grid), objective, mean and
        sd over the folds' validation rows, chosen (0 or 1).
    """
    rows = []
    for model, path in tunings.items():
        table = read_table(path, columns=SCORES, text=["objective"])
        searched = [name for name in table.columns if name not in ("repeat", *SCORES)]
        for _, row in table.iterrows():
            setting = ", ".join(f"{name}={row[name]}" for name in searched)
            rows.append([model, labels[model], setting, *row[SCORES]])
    return pd.DataFrame(rows, columns=["model", "label", "setting", *SCORES])


def write_tuning_table(
    tunings: Mapping[str, str | Path], labels: Mapping[str, str], note: str, output: str | Path, markdown: str | Path
) -> None:
    """Write :func:`gather_tuning` as TSV, and as Markdown without the models that had nothing to choose."""
    table = gather_tuning(tunings, labels)
    write_table(table, output)
    searched = table[table.groupby("model")["model"].transform("size") > 1]
    readable = pd.DataFrame(
        {
            "model": searched["label"].where(~searched["label"].duplicated(), ""),
            "setting": searched["setting"],
            "objective": searched["objective"],
            "validation rows, mean ± sd over folds": [spread(row.mean_, row.sd) for row in _named(searched)],
            "chosen": searched["chosen"].map({1: "yes", 0: ""}),
        }
    )
    body = readable.to_markdown(index=False, disable_numparse=True) if len(readable) else "No model had a choice."
    caption = "Settings chosen by cross-validation on training rows; no test row was looked at"
    write_text(heading(caption, note) + body + "\n", markdown)


def _named(table: pd.DataFrame):
    return table.rename(columns={"mean": "mean_"}).itertuples()
