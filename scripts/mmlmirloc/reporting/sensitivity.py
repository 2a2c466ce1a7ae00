"""The page of the sensitivity table: one ambiguity of the paper at a time."""

from pathlib import Path

import pandas as pd

from mmlmirloc.evaluation.metrics import MAIN_METRICS, METRICS
from mmlmirloc.files import read_table, write_table
from mmlmirloc.reporting.tables import heading, spread, write_text

COLUMNS = ["setting", "value", "metric", "fold_mean", "fold_sd", "difference", "difference_low", "difference_high"]


def write_sensitivity(measured: str | Path, caption: str, note: str, table: str | Path, markdown: str | Path) -> None:
    """Write the sensitivity table and its page.

    Parameters
    ----------
    measured : path
        Table of :func:`mmlmirloc.evaluation.sensitivity.measure_sensitivity`.
    caption, note : str
        Stand on the page.
    table, markdown : path
        Outputs; the table has the columns of ``measured``.
    """
    rows = read_table(measured, columns=COLUMNS, text=["setting", "value", "metric"])
    write_table(rows, table)
    write_text(_markdown(rows, caption, note), markdown)


def _markdown(table: pd.DataFrame, caption: str, note: str) -> str:
    heads = ["setting", "value", "fold models", *(_head(metric) for metric in MAIN_METRICS)]
    lines = []
    # By position: two rows of the config may have the same words.
    for start in range(0, len(table), len(MAIN_METRICS)):
        part = table.iloc[start : start + len(MAIN_METRICS)]
        setting, value = part[["setting", "value"]].iloc[0]
        means = [spread(row.fold_mean, row.fold_sd) for row in part.itertuples()]
        lines.append([f"**{setting}**", value, "mean ± sd", *means])
        if start:
            lines.append(["", "", "difference", *(_difference(row) for row in part.itertuples())])
    body = pd.DataFrame(lines, columns=heads).to_markdown(index=False, disable_numparse=True)
    return heading(caption, note) + f"{body}\n\n{READING}\n"


def _head(metric: str) -> str:
    return METRICS[metric].display + ("" if METRICS[metric].higher_is_better else " (lower is better)")


def _difference(row) -> str:
    if pd.isna(row.difference_low):
        return f"{row.difference:+.4f} (not paired)"
    return f"{row.difference:+.4f} [{row.difference_low:+.3f}, {row.difference_high:+.3f}]"


READING = (
    "The first line is the default; each further pair of lines changes one setting. The test rows are the first draw "
    "of the default's split, and a location is predicted where its score reaches the config's evaluation.threshold, "
    "unless that is what changes. Differences are to the default, with a paired bootstrap interval over the test "
    "rows (the config's evaluation.level); where it holds 0, these rows do not tell whether there is an effect. Not "
    "paired: the change gives other test rows, or other labels for them; then there is no such interval, and the "
    "difference also depends on which rows happen to be drawn."
)
