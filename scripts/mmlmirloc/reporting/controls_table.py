"""The page of the controls: labels that cannot be learnt, and labels that must be."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from mmlmirloc.files import read_table, write_table
from mmlmirloc.reporting.tables import heading, write_text

COLUMNS = ["control", "model", "label", "repeats", "auc_macro", "sd", "ci_low", "ci_high"]
TEXT = ["control", "model", "label", "expected", "outcome", "as_expected"]


def write_controls(measured: str | Path, level: float, note: str, table: str | Path, markdown: str | Path) -> None:
    """Write what each learner makes of shuffled and of planted labels.

    Parameters
    ----------
    measured : path
        Table of :func:`mmlmirloc.evaluation.controls.measure_controls`.
    level : float
        Of all intervals of a control at once.
    note : str
        Stands on the page.
    table, markdown : path
        Outputs; the table has the columns of ``measured``.
    """
    rows = read_table(measured, columns=COLUMNS, text=TEXT)
    write_table(rows, table)
    write_text(_markdown(rows, level, note), markdown)


READING = (
    "Macro AUC is of the fold models' mean score on the test rows of the splits `shuffled` and `planted`; no rule "
    "for location sets has a part in it, and 0.5 is chance. Every repeat shuffles the labels anew, so that repeats "
    "are independent, and Student's t gives an interval of few of them too. What is planted is the same in each "
    "repeat: two or three show whether it is found."
)


def _markdown(table: pd.DataFrame, level: float, note: str) -> str:
    titles: Mapping[str, str] = {
        "shuffled": f"Labels shuffled: nothing can be learnt, and all intervals ({level:.0%} at once) should hold 0.5",
        "planted": "Labels planted (the rows with the largest share of A, C, G or U): learners of sequences find them",
    }
    parts = [heading("Controls", note).rstrip(), READING]
    for control, title in titles.items():
        rows = [
            [
                row.label,
                f"{row.repeats}",
                f"{row.auc_macro:.3f}",
                "–" if pd.isna(row.ci_low) else f"[{row.ci_low:.3f}, {row.ci_high:.3f}]",
                row.outcome,
                row.as_expected or "nothing expected",
            ]
            for row in table[table["control"] == control].itertuples()
        ]
        heads = ["model", "repeats", "macro AUC", "interval", "outcome", "as expected"]
        parts += [f"## {title}", pd.DataFrame(rows, columns=heads).to_markdown(index=False, disable_numparse=True)]
    return "\n\n".join(parts) + "\n"
