"""Tables of annotation, in whatever columns: tab-separated text, or fields between commas or semicolons."""

import csv
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.errors import InputError
from mmlmirloc.sources.problem import Problem
from mmlmirloc.sources.signatures import refuse_page_around
from mmlmirloc.sources.text import read_source

# The first that stands in the first line, outside of quotes, is what stands between the fields.
SEPARATORS = "\t,;"
# Cells, in small letters, in which nothing is known.
UNKNOWN = ("", "na", "n/a", "nan", "null", "none", "-", ".")


def read(path: str | Path, header: bool = True) -> pd.DataFrame:
    """Read a table of annotation, plain or packed.

    Parameters
    ----------
    path : path
        The file: a TSV or CSV; fields may stand in double quotes.
    header : bool
        Whether the first line names the columns. Where it does not, they are named by their places: 1, 2 and so on.

    Returns
    -------
    pandas.DataFrame
        All cells as text without spaces around it, an empty cell is the empty string.

    Raises
    ------
    InputError
        When the file is missing, empty, no text, or no table.
    """
    return read_source(path, lambda text: parse(text, header))


def check(text: str) -> None:
    """Raise a :class:`Problem` where :func:`read` would, whatever the header."""
    parse(text, header=False)


def parse(text: str, header: bool) -> pd.DataFrame:
    """Return the table of the file's content; a :class:`Problem` says why it cannot be read."""
    text = text.lstrip("\n")
    first = text.partition("\n")[0]
    refuse_page_around(first)
    options = {"header": None, "dtype": str, "keep_default_na": False, "skip_blank_lines": True, "index_col": False}
    try:
        table = pd.read_csv(StringIO(text), sep=separator(first), **options)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise Problem(
            f"The table cannot be read ({str(error).strip()})",
            "as many fields in each line as in the first, between tabs, commas or semicolons",
            "correct the line, or put fields that hold what separates them into double quotes",
        ) from None
    table = table.fillna("").map(str.strip)
    if not header:
        return table.set_axis([str(place) for place in range(1, table.shape[1] + 1)], axis=1)
    names = table.iloc[0].tolist()
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise Problem(f"Two columns have the name '{twice}'", "a name of its own for each column", "rename one of them")
    if len(table) == 1:
        raise Problem("The table has no rows", "a line of names and rows", "take the right file")
    return table.iloc[1:].reset_index(drop=True).set_axis(names, axis=1)


def separator(line: str) -> str:
    """Return what stands between the fields of a line; a tab where it is one field."""
    fields = {sign: len(next(csv.reader([line], delimiter=sign), [])) for sign in SEPARATORS}
    return next((sign for sign in SEPARATORS if fields[sign] > 1), "\t")


def known(column: pd.Series) -> pd.Series:
    """Return a column of text with NaN for each cell in which nothing is known."""
    return column.mask(column.str.lower().isin(UNKNOWN))


def numbers(column: pd.Series, path: str | Path) -> pd.Series:
    """Return a column of text as numbers, NaN where nothing is known.

    Raises
    ------
    InputError
        When a cell is no number, or one that 32 bits cannot hold; names the column and the row of the file ``path``.
    """
    text = known(column)
    # The precision of a view, so that a number beyond it is refused and not made infinite.
    with np.errstate(over="ignore"):
        found = pd.to_numeric(text, errors="coerce").astype(np.float32).astype(float)
    wrong = (text.notna() & ~np.isfinite(found)).to_numpy()
    if wrong.any():
        place = int(wrong.argmax())
        raise InputError(
            f"The column '{column.name}' holds '{column.iloc[place]}' where a number is looked for",
            f"{path}, row {place + 1}",
            f"numbers with a decimal point, or one of {', '.join(UNKNOWN[1:])} or nothing where none is known",
            "correct the table, or count entries in place of taking numbers (config/views.yaml: taken)",
        )
    return found
