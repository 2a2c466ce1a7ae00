"""Controls: labels that cannot be learnt, and labels that must be."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from mmlmirloc.files import read_table, write_table

NULL = 0.5


def measure_controls(
    shuffled: str | Path,
    planted: str | Path,
    comparison: str,
    learners_of_sequences: Sequence[str],
    level: float,
    output: str | Path,
) -> None:
    """Say what each learner makes of shuffled and of planted labels.

    Parameters
    ----------
    shuffled, planted : path
        Summaries of :func:`mmlmirloc.evaluation.judging.judge_split` on the two controls.
    comparison : str
        The comparison whose lines are taken.
    learners_of_sequences : sequence of str
        Models that see sequences, which have to find what is planted; of others nothing is expected.
    level : float
        Of all intervals of a control at once (Bonferroni): one in twenty of single ones would be wrong by chance.
    output : path
        Output: control, model, label, repeats, auc_macro, sd, ci_low, ci_high, expected, outcome, as_expected.
    """
    tables = [
        _shuffled(_auc(shuffled, comparison), level),
        _planted(_auc(planted, comparison), set(learners_of_sequences)),
    ]
    table = pd.concat(tables, ignore_index=True)
    met = (table["outcome"] == table["expected"]).map({True: "yes", False: "no"})
    table["as_expected"] = met.where(table["expected"] != "", "")
    write_table(table, output)


def _auc(path: str | Path, comparison: str) -> pd.DataFrame:
    summary = read_table(path, text=["comparison", "model", "label", "metric", "rule"])
    kept = (summary["comparison"] == comparison) & (summary["metric"] == "auc_macro") & (summary["rule"] == "")
    part = summary.loc[kept, ["model", "label", "repeats", "mean", "sd", "ci_low", "ci_high"]]
    return part.rename(columns={"mean": "auc_macro"})


def _shuffled(part: pd.DataFrame, level: float) -> pd.DataFrame:
    part = part.assign(control="shuffled")
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
    return float(stats.t.ppf((1 + level) / 2, repeats - 1)) if repeats > 1 else np.nan


def _planted(part: pd.DataFrame, learners_of_sequences: set[str]) -> pd.DataFrame:
    part = part.assign(control="planted")
    low = part["ci_low"].fillna(part["auc_macro"])
    part["expected"] = part["model"].isin(learners_of_sequences).map({True: "found", False: ""})
    part["outcome"] = (low > NULL).map({True: "found", False: "not found"})
    return part[["control", *part.columns.drop("control")]]
