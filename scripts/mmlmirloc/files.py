"""Tables and arrays on disk: plain TSV and npz without pickles, whole or not at all.

pandas is imported where a table is read or written: a prediction does neither, and would take twice as long to start.
"""

import os
import warnings
from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mmlmirloc.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


@contextmanager
def whole(path: str | Path):
    """Yield a temporary name beside ``path``; it takes the name ``path`` only when all went well."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The suffix stays last, since some writers choose the format by it.
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_table(frame: "pd.DataFrame", path: str | Path, decimals: int = 6) -> None:
    """Write ``frame`` as TSV: header, no index, ``decimals`` significant digits, empty for missing."""
    with whole(path) as temporary:
        frame.to_csv(temporary, sep="\t", index=False, float_format=f"%.{decimals}g", lineterminator="\n")


def read_table(path: str | Path, columns: Iterable[str] = (), text: Iterable[str] = ()) -> "pd.DataFrame":
    """Read a TSV written by :func:`write_table`.

    Parameters
    ----------
    path : str or Path
        The file.
    columns : iterable of str
        Columns that must be there.
    text : iterable of str
        Columns to be kept as text (an empty field is the empty string).

    Raises
    ------
    InputError
        When the file is missing, empty, or lacks a column.
    """
    import pandas as pd

    text = list(text)
    try:
        with warnings.catch_warnings():
            # pandas would cut a row with too many fields, or shift its columns.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            kept = dict.fromkeys(text, str)
            frame = pd.read_csv(path, sep="\t", dtype=kept, keep_default_na=False, na_values=[""], index_col=False)
    except FileNotFoundError:
        raise InputError("A table is missing", path, "a TSV file", "run the rule that makes it") from None
    except pd.errors.EmptyDataError:
        raise InputError("A table is empty", path, "a header line and rows", "delete it and run again") from None
    except (pd.errors.ParserError, pd.errors.ParserWarning, UnicodeDecodeError) as error:
        raise InputError(
            f"A table cannot be read ({str(error).strip()})",
            path,
            "UTF-8 text with as many fields in each line as in the header, separated by tabs",
            "correct the file, or delete it and run again",
        ) from None
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise InputError(
            f"A table has no column {', '.join(missing)}",
            path,
            f"the columns {', '.join(columns)} (found: {', '.join(map(str, frame.columns))})",
            "check the file, or delete it and run again",
        )
    present = [name for name in text if name in frame.columns]
    frame[present] = frame[present].fillna("")
    return frame


def write_arrays(path: str | Path, **arrays: np.ndarray) -> None:
    """Write named arrays as an npz; text arrays are stored as fixed-width unicode."""
    # An open file, since numpy adds .npz to a name that ends otherwise.
    with whole(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def read_arrays(path: str | Path) -> dict[str, np.ndarray]:
    """Read an npz of :func:`write_arrays`.

    Raises
    ------
    InputError
        When the file is missing or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except FileNotFoundError:
        raise InputError("A cached array file is missing", path, "an npz file", "run the rule that makes it") from None
    except (OSError, ValueError, EOFError, KeyError) as error:
        raise damaged(path, error) from None
    except Exception as error:  # zipfile.BadZipFile and zlib.error have no common base
        if type(error).__name__ not in {"BadZipFile", "error"}:
            raise
        raise damaged(path, error) from None


@contextmanager
def part_of(folder: str | Path):
    """Say of an unusable file that its whole folder has to go: a job makes it again only when the folder is missing."""
    try:
        yield
    except InputError as error:
        hint = f"delete the folder {folder} and run the same command again"
        raise InputError(error.what, error.where, error.expected, hint) from None


def damaged(path: str | Path, error: Exception) -> InputError:
    """Say that a file the workflow wrote cannot be read back."""
    return InputError(
        f"A cached file is damaged ({error})",
        path,
        "a file as the workflow wrote it",
        "delete it and run the same command again",
    )
