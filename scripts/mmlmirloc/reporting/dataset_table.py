"""Tables I and II of the paper: how many rows hold each location, alone and with others."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.files import read_table, write_table
from mmlmirloc.reporting.tables import heading, write_text


def label_counts(labels: pd.DataFrame) -> pd.DataFrame:
    """Count the rows of each location, in all and by the number of locations they hold.

    Parameters
    ----------
    labels : pandas.DataFrame
        Shape (n, locations), 0 or 1.

    Returns
    -------
    pandas.DataFrame
        location, quantity (``count``, ``held_1`` ...), ours; then the number of rows as location ``all``.
    """
    held = labels.sum(axis=1)
    rows = []
    for location in labels.columns:
        has = labels[location] == 1
        rows.append([location, "count", int(has.sum())])
        rows += [[location, f"held_{n}", int((has & (held == n)).sum())] for n in range(1, labels.shape[1] + 1)]
    rows.append(["all", "count", len(labels)])
    return pd.DataFrame(rows, columns=["location", "quantity", "ours"])


def write_dataset_table(
    train: str | Path,
    test: str | Path,
    paper_train: str | Path | None,
    paper_test: str | Path | None,
    paper_totals: str | Path | None,
    locations: Sequence[str],
    table: str | Path,
    markdown: str | Path,
    note: str = "",
) -> None:
    """Write Tables I and II beside ours, or ours alone where the paper's are not given.

    Parameters
    ----------
    train, test : path
        Rows of the split.
    paper_train, paper_test : path or None
        The paper's tables, or nothing.
    paper_totals : path or None
        quantity, value: the paper's ``train`` and ``test`` rows, or nothing.
    locations : sequence of str
        In the order of the table.
    table, markdown : path
        TSV (part, location, quantity, paper where it is given, ours) and Markdown.
    note : str
        Stands below the heading.
    """
    tables = []
    for part, path, paper in (("train", train, paper_train), ("test", test, paper_test)):
        labels = read_table(path, columns=list(locations))[list(locations)]
        counts = label_counts(labels)
        if paper:
            counts.insert(2, "paper", _paper_counts(counts, part, paper, paper_totals))
        counts.insert(0, "part", part)
        tables.append(counts)
    whole = pd.concat(tables, ignore_index=True)
    write_table(whole, table)
    write_text(_markdown(whole, note), markdown)


def _paper_counts(counts: pd.DataFrame, part: str, paper: str | Path, totals: str | Path) -> list[float]:
    """Return what the paper prints in the place of each of our counts."""
    total = read_table(totals, columns=["quantity", "value"], text=["quantity"]).set_index("quantity")["value"]
    printed = read_table(paper, columns=["location", "count"], text=["location"]).set_index("location")
    return [
        total[part] if row.location == "all" else _printed(printed, row.location, row.quantity)
        for row in counts.itertuples()
    ]


def _printed(table: pd.DataFrame, location: str, quantity: str) -> float:
    inside = location in table.index and quantity in table.columns
    return float(table.loc[location, quantity]) if inside else np.nan


def _markdown(table: pd.DataFrame, note: str) -> str:
    compared = "paper" in table.columns
    caption = "The dataset: rows per location and by number of locations held"
    lines = [heading(caption + (" (the paper's Tables I and II)" if compared else ""), note)]
    titles = {"train": "Training rows", "test": "Test rows"}
    for part, rows in table.groupby("part", sort=False):
        cells = rows.assign(
            cell=[
                f"{row.ours} ({row.paper:.0f})" if compared and pd.notna(row.paper) else f"{row.ours}"
                for row in rows.itertuples()
            ]
        )
        wide = cells.pivot(index="location", columns="quantity", values="cell").fillna("")
        wide = wide.loc[rows["location"].unique(), rows["quantity"].unique()]
        lines += [
            f"## {titles[part]}" + (": ours (paper)" if compared else ""),
            "",
            wide.reset_index().to_markdown(index=False, disable_numparse=True),
            "",
        ]
    return "\n".join(lines)
