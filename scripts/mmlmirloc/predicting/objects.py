"""Records of what the Python call is given: texts, files, pairs, mappings, and what Biopython and pandas hold."""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from os import PathLike, fspath
from pathlib import Path

import pandas as pd

from mmlmirloc.errors import InputError
from mmlmirloc.predicting.cleaning import Record, looks_like_bases, numbered
from mmlmirloc.predicting.columns import columns_of
from mmlmirloc.predicting.decoding import decoded
from mmlmirloc.predicting.grammar import SAMPLE
from mmlmirloc.predicting.lists import line_record
from mmlmirloc.predicting.reading import file_records, missing, text_records

THE_CALL = "mmlmirloc.predict"
ACCEPTED = (
    "a sequence, the text of a file, a path; or a list (or generator) of sequences, (name, sequence) pairs, Bio.Seq, "
    "SeqRecord or paths; a mapping of name to sequence; a pandas Series, or a DataFrame with columns name and sequence"
)
HINT = "turn it into one of these"
# What a path ends with, as a sequence does not.
ENDING = re.compile(r"[\w)]\.\w{1,8}$|[/\\]")


def records_of(given: object) -> Iterator[Record]:
    """Return the records of what a caller has given, those without a name named by their number.

    Raises
    ------
    InputError
        When it is none of what is accepted, with a list of that; or a file or text cannot be read.
    """
    return iter(numbered(_records(given)))


def _records(given: object) -> Iterator[Record]:
    one = _one(given)
    if one is not None:
        yield from one
    elif isinstance(given, pd.DataFrame):
        yield from _of_frame(given)
    elif isinstance(given, pd.Series):
        names = [""] * len(given) if isinstance(given.index, pd.RangeIndex) else given.index
        yield from (_pair(name, sequence) for name, sequence in zip(names, given))
    elif isinstance(given, Mapping):
        yield from (_pair(name, sequence) for name, sequence in given.items())
    elif _is_pair(given):
        yield _pair(*given)
    elif isinstance(given, Iterable):
        for item in given:
            yield from _item(item)
    else:
        raise unknown(given)


def _one(given: object) -> Iterable[Record] | None:
    """Return the records of what stands for itself: a text, a path, a sequence; None for others."""
    if _is_biological(given, "Seq", "MutableSeq", "SeqRecord"):
        return [_pair("", given)]
    if isinstance(given, PathLike):
        return file_records(fspath(given))
    if isinstance(given, bytes):
        return _of_text(decoded(given, sys.maxsize) or "")
    if isinstance(given, str):
        return _of_text(given)
    if hasattr(given, "read"):
        content = given.read()
        return text_records(content if isinstance(content, str) else (decoded(content, sys.maxsize) or ""))
    return None


def _item(item: object) -> Iterable[Record]:
    """Return the records of an item of a list."""
    found = _one(item)
    if found is not None:
        return found
    if _missing(item):
        return [Record("", "")]
    if isinstance(item, Record):
        return [item]
    if isinstance(item, tuple | list) and len(item) == 2:
        return [_pair(*item)]
    raise unknown(item, "an item of the list")


def _of_text(text: str) -> Iterable[Record]:
    """Return the record of a sequence, or those of a text or of the file that it names."""
    bare = text.strip()
    if len(bare.splitlines()) > 1 or bare.startswith((">", "@")) or "\t" in bare:
        return text_records(text)
    if looks_like_bases(bare, 1) or not bare:
        return [line_record(bare)]
    if _is_file(bare):
        return file_records(bare)
    if ENDING.search(bare):
        raise missing(bare)
    return [line_record(bare)]


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # too long for a path, or with an empty character
        return False


def _is_pair(given: object) -> bool:
    """Whether a tuple is one name and its sequence, rather than two sequences."""
    return isinstance(given, tuple) and len(given) == 2 and _named_sequence(*given)


def _named_sequence(name: object, sequence: object) -> bool:
    words = isinstance(name, str) and not isinstance(sequence, tuple | list)
    return words and not looks_like_bases(name) and looks_like_bases(str(getattr(sequence, "seq", sequence)))


def _pair(name: object, sequence: object) -> Record:
    """Return the record of a name and a sequence, either of which may be missing."""
    if _is_biological(sequence, "SeqRecord"):
        known = "" if sequence.id in (None, "<unknown id>", "") else sequence.id
        name, sequence = name or known or sequence.name.replace("<unknown name>", ""), sequence.seq
    words = "" if _missing(name) else str(name)
    if _missing(sequence):
        return Record(words, "")
    if not isinstance(sequence, str) and not _is_biological(sequence, "Seq", "MutableSeq"):
        raise unknown(sequence, f"the sequence of {words or 'a record'}")
    try:
        return Record(words, str(sequence))
    except ValueError:  # Biopython's UndefinedSequenceError
        return Record(words, "", refusal="its sequence is not defined, only its length")


def _is_biological(given: object, *names: str) -> bool:
    """Whether something is of a class of Biopython, or of one derived from it; who has such has imported it."""
    modules = [sys.modules.get(f"Bio.{name}") for name in ("Seq", "SeqRecord")]
    return isinstance(
        given, tuple(getattr(module, name) for module in modules for name in names if hasattr(module, name))
    )


def _of_frame(frame: pd.DataFrame) -> Iterator[Record]:
    """Yield the records of a table, whose columns are told as those of a file are."""
    if not len(frame.columns):
        raise unknown(frame, "a table without columns")
    sample = [["" if _missing(cell) else str(cell) for cell in row] for row in islice(frame.values, SAMPLE)]
    name, sequence = columns_of(list(frame.columns), sample, "the DataFrame")
    if name is not None:
        names = frame.iloc[:, name]
    else:
        names = [""] * len(frame) if isinstance(frame.index, pd.RangeIndex) else frame.index
    for one, letters in zip(names, frame.iloc[:, sequence]):
        yield _pair(one, letters)


def _missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)


def unknown(given: object, where: str = THE_CALL) -> InputError:
    """Say that something is none of what is accepted."""
    kind = type(given)
    named = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    return InputError(f"Sequences cannot be read from {named}", where, ACCEPTED, HINT)
