"""How many test rows of each protocol a model may know from a training row, as a table and a page."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mmlmirloc.data.overlap import KINDS, overlap
from mmlmirloc.files import read_table, write_table
from mmlmirloc.reporting.tables import heading, write_text

COUNTS = (*KINDS, "any")
HEADS = ("identical to a training row", "inside of one", "around one", "any of these")
READING = (
    "Test rows whose sequence is that of a training row, lies in one, or holds one: a model may know them by heart. "
    "The mean over repeats; the TSV has each. `grouped` keeps such rows together, unless the table gives groups of its "
    "own.\n"
)


def write_overlap(
    trains: Sequence[str | Path],
    tests: Sequence[str | Path],
    protocols: Sequence[str],
    note: str,
    table: str | Path,
    markdown: str | Path,
) -> None:
    """Count the test rows of each repeat that overlap with its training rows.

    Parameters
    ----------
    trains, tests : sequence of path
        Training and test rows, a file for each batch of repeats of a protocol.
    protocols : sequence of str
        The protocol of each file.
    note : str
        Stands on the page.
    table, markdown : path
        Outputs. The table: protocol, repeat, train_rows, test_rows, and the counts of
        :func:`mmlmirloc.data.overlap.overlap`.
    """
    lines = []
    for protocol, train, test in zip(protocols, trains, tests, strict=True):
        trained, tested = (
            read_table(path, columns=["repeat", "sequence"], text=["sequence"]) for path in (train, test)
        )
        for repeat, rows in tested.groupby("repeat"):
            training = trained.loc[trained["repeat"] == repeat, "sequence"]
            counts = overlap(rows["sequence"].tolist(), training)[list(COUNTS)].sum()
            lines.append([protocol, repeat, len(training), len(rows), *counts])
    whole = pd.DataFrame(lines, columns=["protocol", "repeat", "train_rows", "test_rows", *COUNTS])
    write_table(whole, table)
    means = whole.groupby("protocol", sort=False)[["test_rows", *COUNTS]].mean()
    page = [[protocol, *(f"{value:.1f}".removesuffix(".0") for value in row)] for protocol, *row in means.itertuples()]
    shown = pd.DataFrame(page, columns=["protocol", "test rows", *HEADS]).to_markdown(
        index=False, disable_numparse=True
    )
    write_text(f"{heading('Test rows that overlap with training rows', note)}{READING}\n{shown}\n", markdown)
