"""A table of results over the repeats of some splits: TSV, and sections for the page of the table."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.metrics import MAIN_METRICS, METRICS
from mmlmirloc.evaluation.names import CONSTANT, ENDS, ERA, FEWEST, FIXED, FOLD_MEAN
from mmlmirloc.files import read_table, write_table
from mmlmirloc.reporting.phrases import counted
from mmlmirloc.reporting.tables import MARKS, PAPER_COLUMN, marks, number, read_paper
from mmlmirloc.reporting.trust_table import EXPLAINED, head, markdown_table, short

# The two readings of one draw, and the rules under which a comparison has them; scores are measured under no rule.
ENSEMBLE = "ensemble"
READINGS = {FOLD_MEAN: FOLD_MEAN, FIXED: ENSEMBLE, "": ENSEMBLE}
DIFFERENCES = [f"minus_{name}{end}" for name in (CONSTANT, ERA) for end in ENDS]
SUMMARY = ["comparison", "model", "metric", "rule", "mean", "sd", "ci_low", "ci_high", *DIFFERENCES]
SUMMARY += ["not_above", "repeats", "test_rows"]
COLUMNS = ["split", "model", "label", "metric", "reading", "paper", *SUMMARY[4:], "inside"]
TEXT = ["split", "model", "label", "metric", "reading", "not_above", "inside"]
# The paper prints four decimals, and an interval that is as narrow as that must not miss its own value.
DECIMALS = 4


def write_repeats(
    summaries: Mapping[str, str | Path],
    comparison: str,
    labels: Mapping[str, str],
    paper: Sequence[str | Path],
    output: str | Path,
) -> None:
    """Write the numbers over repeats beside the paper's.

    Parameters
    ----------
    summaries : mapping
        Split -> the summary of its comparisons, of :func:`mmlmirloc.evaluation.judging.judge_split`.
    comparison : str
        The comparison whose lines are taken.
    labels : mapping
        Model -> name for readers, in the table's order; other models of a file are left out.
    paper : sequence of path
        The paper's tables.
    output : path
        Output, with the columns ``COLUMNS``: reading is ``fold_mean`` (the mean over the fold models, the paper's
        protocol) or ``ensemble`` (of their mean score, with the fixed threshold). paper is empty where the paper has
        no number, inside says whether it lies in the interval (ends rounded to the paper's four decimals); empty
        without the paper's number, and like not_above below ``FEWEST`` repeats, of which no claim is made.

    Raises
    ------
    InputError
        When no split is named, or a file lacks a column.
    """
    if not summaries:
        raise InputError(
            "The table is not shown over repeats",
            "config: tables.<table>.repeated",
            "at least one split",
            "name splits there, or ask for the table itself",
        )
    printed = read_paper(paper)
    parts = []
    for split, path in summaries.items():
        part = read_table(path, columns=SUMMARY, text=["comparison", "model", "metric", "rule", "not_above"])
        part = part[(part["comparison"] == comparison) & part["metric"].isin(METRICS) & part["rule"].isin(READINGS)]
        part = part.assign(reading=part["rule"].map(READINGS))
        # By metric the fold mean first, which is the paper's reading.
        part = pd.concat(
            [
                part[part["model"] == model].sort_values(
                    ["metric", "reading"],
                    key=lambda names: names.map([*METRICS, FOLD_MEAN, ENSEMBLE].index),
                    kind="stable",
                )
                for model in labels
            ]
        )
        parts.append(part.assign(split=split, label=part["model"].map(labels)))
    table = pd.concat(parts, ignore_index=True)
    table["not_above"] = table["not_above"].where(table["repeats"] >= FEWEST, "")
    table["paper"] = [
        printed[row.model][PAPER_COLUMN.get(row.metric, row.metric)] if row.model in printed else np.nan
        for row in table.itertuples()
    ]
    table["inside"] = [_inside(row) for row in table.itertuples()]
    write_table(table[COLUMNS], output)


def _inside(row) -> str:
    return "" if row.repeats < FEWEST else lies_inside(row.paper, row.ci_low, row.ci_high)


def lies_inside(paper: float, low: float, high: float) -> str:
    """Say ``yes`` or ``no`` to whether the paper's number lies in an interval; empty where either is missing."""
    if pd.isna(paper) or pd.isna(low):
        return ""
    return "yes" if round(low, DECIMALS) <= paper <= round(high, DECIMALS) else "no"


def repeats_sections(table: str | Path | None, kinds: Mapping[str, str], threshold: float, level: float) -> str:
    """Return the part of a table's page that shows it over repeats, as Markdown.

    Parameters
    ----------
    table : path or None
        Table of :func:`write_repeats`; nothing is returned without one.
    kinds : mapping
        Split -> its kind, in the order of the sections.
    threshold : float
        Scores from it on are predicted.
    level : float
        Of the intervals.

    Raises
    ------
    InputError
        When the table lacks a column.
    """
    if table is None:
        return ""
    whole = read_table(table, columns=COLUMNS, text=TEXT)
    whole = whole[(whole["reading"] == FOLD_MEAN) & whole["metric"].isin(MAIN_METRICS)]
    parts = ["## The same over repeats", _reading(level)]
    for split, kind in kinds.items():
        part = whole[whole["split"] == split]
        parts += [f"### Split `{split}`", _introduction(part, kind, threshold), _table(part)]
    return "\n" + "\n\n".join(parts) + "\n"


def _reading(level: float) -> str:
    return (
        "The table above is one draw of test rows, as in the paper; another draw gives other numbers. Below, each "
        "repeat draws other test rows, and everything is trained and chosen anew on the other rows.\n\n"
        f"Each number is the mean over repeats. In brackets stands its {level:.0%} interval (Nadeau & Bengio), which "
        "allows for rows that repeats share. Within a repeat the number is the mean over the fold models, each on all "
        "test rows (the paper's protocol). The TSV has the ensemble too.\n\n"
        f"- {MARKS[CONSTANT]} not clearly above the best constant answer, chosen on these very test rows.\n"
        f"- {MARKS[ERA]} not clearly above the age predictor, which knows the accession number and the number in the "
        "name only.\n"
        f"- [–] fewer than {FEWEST} repeats, which are too few for an interval or a mark.\n\n"
        "Marks rest on paired differences, in the same reading and over the repeats that both have. The paper's line "
        "below a model is its one split; that of a constant is computed from the paper's Table II."
    )


def _introduction(part: pd.DataFrame, kind: str, threshold: float) -> str:
    repeats, rows = part["repeats"].max(), part["test_rows"].iloc[0]
    few = part[part["repeats"] < FEWEST].drop_duplicates("model")
    text = (
        f"{EXPLAINED[kind]} {rows} test rows, {repeats} repeats. A location is predicted where its score is "
        f"{threshold:g} or more. Mean over the fold models."
    )
    if len(few):
        named = ", ".join(f"{row.label} {row.repeats}" for row in few.itertuples())
        text += f" Too few repeats for an interval: {named}."
    return text


def _table(part: pd.DataFrame) -> str:
    most, rows = part["repeats"].max(), []
    for _, lines in part.groupby("model", sort=False):
        lines = lines.set_index("metric").loc[list(MAIN_METRICS)]
        first = lines.iloc[0]
        fewer = f" ({counted(first.repeats, 'repeat')})" if first.repeats < most else ""
        rows.append([f"**{first.label}**{fewer}", *(_cell(row) for row in lines.itertuples())])
        if lines["paper"].notna().any():
            rows.append(["the paper", *(number(value) for value in lines["paper"])])
    return markdown_table(["model", *(head(metric) for metric in MAIN_METRICS)], rows)


def _cell(row) -> str:
    """Return ``.596 [.560, .633]†``, and ``.596 [–]`` below ``FEWEST`` repeats."""
    if pd.isna(row.mean):
        return "–"
    if row.repeats < FEWEST or pd.isna(row.ci_low):
        return f"{short(row.mean)} [–]"
    return f"{short(row.mean)} [{short(row.ci_low)}, {short(row.ci_high)}]{marks(row.not_above)}"
