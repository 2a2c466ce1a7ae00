"""RNALocate v2.0's table: one row for each RNA, location and publication."""

import csv
from io import StringIO
from pathlib import Path

import pandas as pd

from mmlmirloc.sources.problem import Problem
from mmlmirloc.sources.signatures import refuse_page_around
from mmlmirloc.sources.text import read_source

COLUMNS = ["Gene_ID", "Gene_symbol", "RNA_category", "Species", "SubCellular_Localization"]
TABLE = "RNALocate v2.0's 'All RNA subcellular localization data' (v3.0 has no Gene_ID)"
# No quoting: a lone quote in Description, free text that is not read here, must not swallow rows.
LAYOUT = {"sep": "\t", "dtype": str, "quoting": csv.QUOTE_NONE, "lineterminator": "\n", "keep_default_na": False}


def read(path: str | Path) -> pd.DataFrame:
    """Read RNALocate's table, plain or packed.

    Returns
    -------
    pandas.DataFrame
        The columns :data:`COLUMNS` as text, in the file's order; an empty field is the empty string.

    Raises
    ------
    InputError
        When the file is missing, empty, no text, or lacks a column or rows.
    """
    return read_source(path, parse)


def check(text: str) -> None:
    """Raise a :class:`Problem` where :func:`read` would."""
    parse(text)


def parse(text: str) -> pd.DataFrame:
    """Return the table of the file's content; a :class:`Problem` says why it cannot be read."""
    text = text.lstrip("\n")
    header, _, rows = text.partition("\n")
    # Only here, since a description further down may hold a mark of its own.
    refuse_page_around(header)
    found = [unquoted(name) for name in header.split("\t")]
    missing = [name for name in COLUMNS if name not in found]
    if missing:
        raise Problem(
            f"The RNALocate table has no column {', '.join(missing)}",
            f"tab-separated columns {', '.join(COLUMNS)} (found: {', '.join(found)[:300]})",
            advice_on(header),
        )
    if not rows.strip():
        raise Problem("The RNALocate table has no rows", "a header line and rows", "download it again")
    # By place, since a stray tab in the last column, Description, must not shift or stop anything.
    places = [found.index(name) for name in COLUMNS]
    table = pd.read_csv(StringIO(rows), header=None, names=range(len(found)), usecols=places, index_col=False, **LAYOUT)
    return table[places].set_axis(COLUMNS, axis=1).fillna("").map(unquoted)


def advice_on(header: str) -> str:
    """Say what to do about a header without the columns: a table of commas or semicolons has them, between these."""
    for sign, name in ((",", "commas"), (";", "semicolons")):
        if set(COLUMNS) <= {unquoted(field) for field in header.split(sign)}:
            return f"the fields stand between {name}: save the table as tab-separated text"
    return f"take {TABLE}, or give your own table these columns"


def unquoted(field: str) -> str:
    """Return a field without the quotes and spaces that a spreadsheet program or R puts around it."""
    field = field.strip()
    return field[1:-1] if len(field) > 1 and field[0] == field[-1] == '"' else field
