"""Controls of the trust table: labels that cannot be learnt, and labels that must be."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.files import read_table, write_table
from mmlmirloc.reporting.tables import heading, write_text

NULL = 0.5


def write_controls(
    shuffled: str | Path,
    planted: str | Path,
    learners_of_sequences: Sequence[str],
    level: float,
    note: str,
    output: str | Path,
    markdown: str | Path,
) -> None:
    """Write what each learner makes of shuffled and of planted labels.

    Parameters
    ----------
    shuffled, planted : path
        Summaries of :func:`mmlmirloc.evaluation.trust.compare_models` on the two controls.
    learners_of_sequences : sequence of str
        Models that see sequences, which have to find what is planted; of others nothing is expected.
    level : float
        Of all intervals of a control at once (Bonferroni): one in twenty of single ones would be wrong by chance.
    note : str
        Stands on the page.
    output, markdown : path
        Outputs: control, model, label, repeats, auc_macro, sd, ci_low, ci_high, expected, outcome, as_expected.
    """
    tables = [
        _shuffled(read_table(shuffled, text=["model", "label", "metric", "rule"]), level),
        _planted(read_table(planted, text=["model", "label", "metric", "rule"]), set(learners_of_sequences)),
    ]
    table = pd.concat(tables, ignore_index=True)
    met = (table["outcome"] == table["expected"]).map({True: "yes", False: "no"})
    table["as_expected"] = met.where(table["expected"] != "", "")
    write_table(table, output)
    write_text(_markdown(table, level, note), markdown)


def _auc(summary: pd.DataFrame) -> pd.DataFrame:
    part = summary[summary["metric"] == "auc_macro"]
    return part[["model", "label", "repeats", "mean", "sd", "ci_low", "ci_high"]].rename(columns={"mean": "auc_macro"})


def _shuffled(summary: pd.DataFrame, level: float) -> pd.DataFrame:
    part = _auc(summary).assign(control="shuffled")
    each = 1 - (1 - level) / len(part)
    # Every permutation is a fresh draw of labels, so that the repeats are independent: no correction for shared rows.
    spread = part["sd"] / np.sqrt(part["repeats"])
    width = np.array([_half(repeats, each) for repeats in part["repeats"]]) * spread
    part["ci_low"], part["ci_high"] = part["auc_macro"] - width, part["auc_macro"] + width
    holds = (part["ci_low"] <= NULL) & (part["ci_high"] >= NULL)
    part["expected"], part["outcome"] = "not found", holds.map({True: "not found", False: "found"})
    # One permutation has no interval, so that there is nothing to say.
    part.loc[part["ci_low"].isna(), ["expected", "outcome"]] = ""
    return part[["control", *part.columns.drop("control")]]


def _half(repeats: int, level: float) -> float:
    """Half the width of a t interval of independent values, in standard errors."""
    from scipy import stats

    return float(stats.t.ppf((1 + level) / 2, repeats - 1)) if repeats > 1 else np.nan


def _planted(summary: pd.DataFrame, learners_of_sequences: set[str]) -> pd.DataFrame:
    part = _auc(summary).assign(control="planted")
    low = part["ci_low"].fillna(part["auc_macro"])
    part["expected"] = part["model"].isin(learners_of_sequences).map({True: "found", False: ""})
    part["outcome"] = (low > NULL).map({True: "found", False: "not found"})
    return part[["control", *part.columns.drop("control")]]


def _markdown(table: pd.DataFrame, level: float, note: str) -> str:
    titles: Mapping[str, str] = {
        "shuffled": f"Labels shuffled: nothing can be learnt, and all intervals ({level:.0%} at once) should hold 0.5",
        "planted": "Labels planted (the rows with the largest share of A, C, G or U): learners of sequences find them",
    }
    parts = [heading("Controls", note).rstrip()]
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
