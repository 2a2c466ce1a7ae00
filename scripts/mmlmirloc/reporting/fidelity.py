"""Every number of the paper beside ours, and whether it lies in our interval."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.evaluation.metrics import LABEL_METRICS, MAIN_METRICS, METRICS
from mmlmirloc.files import read_table, write_table
from mmlmirloc.reporting.tables import heading, number, write_text

COLUMNS = ["source", "item", "quantity", "paper", "ours", "difference", "fold_sd", "low", "high", "inside"]
SOURCES = {"comparison": "Table III", "ablation": "Table IV", "bert_size": "Table V"}
METRIC_NAMES = {name: metric.display for name, metric in (METRICS | LABEL_METRICS).items()}
COUNT_NAMES = {
    "rnalocate_entries": "rows of RNALocate",
    "mirnas": "miRNAs",
    "train_mean_length": "mean length of the training sequences (nt)",
    "count": "rows",
}


def dataset_rows(
    totals: str | Path,
    mirnas: str | Path,
    records: str | Path,
    train: str | Path,
    parts: str | Path,
    locations: Sequence[str],
):
    """Rows of the dataset's counts: the text of II.B, Table I and Table II.

    Parameters
    ----------
    totals : path
        quantity, value as the paper prints them.
    mirnas, records : path
        The dataset, and the merged records (column ``records``: RNALocate rows of each).
    train : path
        The training rows, whose mean length the paper prints.
    parts : path
        ``dataset.tsv``: part, location, quantity, paper, ours.
    locations : sequence of str
        Label columns.
    """
    printed = read_table(totals, columns=["quantity", "value"], text=["quantity"]).set_index("quantity")["value"]
    rows = read_table(mirnas, columns=locations)
    entries = read_table(records, columns=["records"])["records"].sum()
    mean_length = read_table(train, columns=["sequence"], text=["sequence"])["sequence"].str.len().mean()
    counted = {"rnalocate_entries": int(entries), "mirnas": len(rows)}
    counted |= {location: int(rows[location].sum()) for location in locations}
    counted |= {"train_mean_length": round(float(mean_length), 1)}
    for quantity, ours in counted.items():
        yield _row("Text II.B", "dataset", quantity, printed.get(quantity, np.nan), ours)
    for row in read_table(parts, columns=["part", "location", "quantity", "paper", "ours"]).itertuples():
        source = {"train": "Table I", "test": "Table II"}[row.part]
        yield _row(source, row.location, row.quantity, row.paper, row.ours)


def table_rows(source: str, table: str | Path):
    """Rows of a table of results: the paper's numbers, the mean over fold models and its interval."""
    frame = read_table(table, columns=["label", "metric", "paper", "fold_mean"], text=["model", "label", "metric"])
    frame = frame[
        frame["paper"].notna() & frame["metric"].isin(MAIN_METRICS) & ~frame["model"].str.startswith("always_")
    ]
    for row in frame.itertuples():
        bounds = (row.fold_mean_low, row.fold_mean_high)
        yield _row(source, row.label, row.metric, row.paper, row.fold_mean, row.fold_sd, *bounds)


def location_rows(table: str | Path):
    """Rows of Fig. 4: the ensemble's areas, since the paper's own average fits no mean over folds."""
    frame = read_table(table, columns=["location", "metric", "paper"], text=["location", "metric"])
    for row in frame.itertuples():
        bounds = (row.ensemble_low, row.ensemble_high)
        yield _row("Fig. 4", row.location, row.metric, row.paper, row.ensemble, row.fold_sd, *bounds)


def _row(source, item, quantity, paper, ours, fold_sd=np.nan, low=np.nan, high=np.nan) -> list:
    inside = "" if pd.isna(low) or pd.isna(paper) else ("yes" if low <= paper <= high else "no")
    return [source, item, quantity, paper, ours, ours - paper, fold_sd, low, high, inside]


def write_fidelity(
    totals: str | Path,
    mirnas: str | Path,
    records: str | Path,
    train: str | Path,
    parts: str | Path,
    tables: Mapping[str, str | Path],
    by_location: str | Path,
    contradictions: str | Path,
    locations: Sequence[str],
    note: str,
    output: str | Path,
    markdown: str | Path,
) -> None:
    """Write the fidelity report as TSV and Markdown.

    Parameters
    ----------
    totals, mirnas, records, train, parts
        As in :func:`dataset_rows`.
    tables : mapping
        Key of ``SOURCES`` -> table of results.
    by_location : path
        ``locations.tsv`` (Fig. 4).
    contradictions : path
        paper, problem, ours: where the paper contradicts itself, and what we do.
    locations : sequence of str
        Label columns.
    note : str
        Stands below the heading.
    output, markdown : path
        The report.
    """
    rows = list(dataset_rows(totals, mirnas, records, train, parts, locations))
    for name, path in tables.items():
        rows += table_rows(SOURCES[name], path)
    rows += location_rows(by_location)
    table = pd.DataFrame(rows, columns=COLUMNS)
    write_table(table, output)
    known = read_table(contradictions, columns=["paper", "problem", "ours"], text=["paper", "problem", "ours"])
    write_text(_markdown(table, known, note), markdown)


def _markdown(table: pd.DataFrame, contradictions: pd.DataFrame, note: str) -> str:
    judged = table[table["inside"] != ""]
    lines = [heading("Fidelity: every number of the paper beside ours", note), READING]
    counts = judged.groupby("source", sort=False)["inside"].agg(
        lambda inside: f"{(inside == 'yes').sum()} of {len(inside)}"
    )
    found = "; ".join(f"{source}: {count}" for source, count in counts.items())
    lines.append(f"**The paper's value lies in our interval.** {found}.\n\n")
    for source, part in table.groupby("source", sort=False):
        lines.append(f"## {source}\n\n{_part(part).to_markdown(index=False, disable_numparse=True)}\n\n")
    heads = {"paper": "the paper says", "problem": "but", "ours": "here"}
    known = contradictions[list(heads)].rename(columns=heads).to_markdown(index=False)
    lines.append(f"## Where the paper contradicts itself\n\n{known}\n")
    return "".join(lines)


def _part(part: pd.DataFrame) -> pd.DataFrame:
    if (part["inside"] == "").all():
        cells = {
            name: [f"{value:g}" if pd.notna(value) else "–" for value in part[name]]
            for name in ("paper", "ours", "difference")
        }
        return pd.DataFrame({"item": part["item"], "quantity": part["quantity"].map(_count_name), **cells})
    return pd.DataFrame(
        {
            "item": part["item"],
            "quantity": part["quantity"].map(METRIC_NAMES),
            "paper": part["paper"].map(number),
            "ours": part["ours"].map(number),
            "interval": [f"[{number(row.low)}, {number(row.high)}]" for row in part.itertuples()],
            "fold sd": part["fold_sd"].map(number),
            "difference": [f"{value:+.4f}" for value in part["difference"]],
            "inside": part["inside"],
        }
    )


def _count_name(quantity: str) -> str:
    if quantity.startswith("held_"):
        held = int(quantity.removeprefix("held_"))
        return f"rows with {held} location{'s' if held > 1 else ''} in all"
    return COUNT_NAMES.get(quantity, quantity)


READING = (
    "Ours in Tables III to V: mean and sd over the fold models, each on all test rows (the paper's protocol); in "
    "Fig. 4: their mean score, the ensemble. Interval (the config's evaluation.level): a bootstrap over our test rows. "
    "Difference: ours less the paper's. Inside: whether the paper's value lies in the interval. That is no test of "
    "equality, since the paper's test rows are others than ours and its numbers have an error of their own.\n\n"
)
