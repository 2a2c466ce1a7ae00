"""Read sequences as people have them: a file, a pipe or a text, in any of the ways that :mod:`.grammar` knows."""

import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from mmlmirloc.atlas.names import looks_like_name
from mmlmirloc.errors import InputError
from mmlmirloc.predicting.cleaning import Record, looks_like_bases, numbered
from mmlmirloc.predicting.decoding import lines
from mmlmirloc.predicting.formats import EXPECTED
from mmlmirloc.predicting.grammar import parse

STANDARD_INPUT = "-"


def read_records(text: str) -> list[Record]:
    """Return the records of a text, those without a name named by their number, ``sequence_3``.

    Raises
    ------
    InputError
        When there is no record, or the text is of a known format that is no list of sequences.
    """
    return list(numbered(text_records(text)))


def open_records(*paths: str | Path) -> Iterator[Record]:
    """Yield the records of files, or of standard input for ``-``, one after the other, however many there are.

    Raises
    ------
    InputError
        When a file is missing, is not text, is of a known format that is no list of sequences, or holds no record.
    """
    for path in paths:
        # Before anything is predicted.
        if str(path) != STANDARD_INPUT and not Path(path).exists():
            raise missing(path)
    return iter(numbered(record for path in paths for record in file_records(path)))


def text_records(text: str, where: str = "the text") -> Iterator[Record]:
    """Yield the records of a text."""
    # As a file's, lines end on Unix, Windows or old Macintosh.
    return some(parse(io.StringIO(text, newline=None), where), where)


def file_records(path: str | Path) -> Iterator[Record]:
    """Yield the records of a file, or of standard input for ``-``."""
    if str(path) == STANDARD_INPUT:
        if sys.stdin is None:
            raise InputError("Standard input is closed", "standard input", EXPECTED, "give the name of a file")
        yield from some(parse(lines(sys.stdin.buffer, "standard input"), "standard input"), "standard input")
        return
    try:
        file = Path(path).open("rb")  # noqa: SIM115 (closed below)
    except FileNotFoundError:
        raise missing(path) from None
    except OSError as error:
        raise InputError(f"The file cannot be read ({error})", path, EXPECTED, "check the file") from None
    with file:
        yield from some(parse(lines(file, str(path)), str(path)), str(path))


def some(records: Iterable[Record], where: str) -> Iterator[Record]:
    """Yield records, of which there has to be one at least."""
    found = False
    for record in records:
        found = True
        yield record
    if not found:
        raise InputError("There is no sequence", where, EXPECTED, "give at least one sequence")


def missing(path: str | Path) -> InputError:
    """Say that there is no such file."""
    hint = "check the path"
    if looks_like_bases(str(path)):
        hint = "give the sequence itself on standard input: echo SEQUENCE | mmlmirloc predict -"
    elif looks_like_name(str(path)):
        hint = f"for a name: mmlmirloc lookup {path}"
    return InputError("There is no such file", path, EXPECTED, hint)
