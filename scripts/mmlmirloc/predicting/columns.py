"""Which columns of a table hold names and sequences, told by their headings or by what they hold."""

import csv
import re
from collections.abc import Sequence
from typing import NamedTuple

from mmlmirloc.errors import InputError
from mmlmirloc.predicting.cleaning import SHORTEST, Record, looks_like_bases
from mmlmirloc.predicting.formats import EXPECTED
from mmlmirloc.predicting.lists import line_record

DELIMITERS = "\t;,|"
SEQUENCE = {"sequence", "seq", "sequences", "rna", "dna", "rna sequence", "dna sequence", "hairpin sequence"}
HAIRPIN = re.compile(r"hairpin|precursor|pre mir|stem ?loop")
NAME = {"name", "names", "id", "ids", "accession", "identifier", "mirna", "mirna name", "mirna id", "gene", "label"}
NAMING = re.compile(r"\b(name|id|accession|identifier|label|title|symbol)s?\b|(name|id)$")


class Layout(NamedTuple):
    """How a line is cut, and which of its cells are meant."""

    delimiter: str
    name: int | None
    """None where no column is one of names."""
    sequence: int
    header: bool
    """Whether the first line holds headings."""

    def record(self, line: str) -> Record:
        """Return the record of a line."""
        cells = cut(line, self.delimiter)
        if cells is None:
            return Record("", line, refusal="a quotation mark of its line is not closed")
        if len(cells) == 1:
            # A line that is not cut at all is either of both.
            return Record("", cells[0]) if looks_like_bases(cells[0]) else Record(cells[0], "")
        name, sequence = (
            cells[place] if place is not None and place < len(cells) else "" for place in (self.name, self.sequence)
        )
        if " " in sequence and looks_like_bases(sequence):
            # A word before the bases, as WT, is a part of the name.
            inner = line_record(sequence)
            words = (name, inner.name) if not inner.refusal else (name or inner.name,)
            return inner._replace(name=" ".join(filter(None, words)))
        return Record(name, sequence)


def cut(line: str, delimiter: str) -> list[str] | None:
    """Return the cells of a line, without quotation marks; None where one of them is not closed."""
    try:
        (cells,) = csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True)
    except (csv.Error, ValueError):
        return None
    return [cell.strip() for cell in cells]


def layout_of(lines: Sequence[str], where: str) -> Layout | None:
    """Return how lines are cut; None where they are no table.

    Raises
    ------
    InputError
        When more than one column may be that of the sequences.
    """
    delimiter, rows = _cut_rows(lines)
    if not rows or (delimiter == " " and not spaced(rows)):
        return None
    if any(map(looks_like_bases, lines)) and not any(looks_like_bases(cell) for row in rows for cell in row):
        # Prose with commas beside lines of sequences.
        return None
    header = rows[0] if is_header(rows[0]) else None
    body = rows[1:] if header else rows
    if header and body and len(header) + 1 == len(body[0]):
        # R writes no heading over the names of its rows.
        header = ["", *header]
    name, sequence = columns_of(header, body, where)
    return Layout(delimiter, name, sequence, header is not None)


def _cut_rows(lines: Sequence[str]) -> tuple[str, list[list[str]]]:
    """Return the delimiter of lines, and their cells: rather one that leaves sequences by themselves."""
    # Most lines have to hold it: one bad line is not to change how the others are read.
    held = [one for one in DELIMITERS if sum(one in line for line in lines) > len(lines) / 2] or [" "]
    tried = {one: [cells for line in lines if (cells := cut(line, one)) and len(cells) > 1] for one in held}
    good = [one for one, rows in tried.items() if any(looks_like_bases(cell) for row in rows for cell in row)]
    delimiter = (good or held)[0]
    return delimiter, tried[delimiter]


def spaced(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows that are parted by spaces are a table: below headings, all have as many cells."""
    wide = {len(row) for row in rows[1:]}
    return is_header(rows[0]) and len(wide) == 1 and wide <= {len(rows[0]), len(rows[0]) + 1}


def is_header(cells: Sequence[str]) -> bool:
    """Whether cells are headings: one is a usual word for names or sequences, and none is a sequence."""
    words = [heading(cell) for cell in cells]
    return any(word in SEQUENCE | NAME or re.search(r"\bseq|sequence", word) for word in words) and not any(
        looks_like_bases(cell, 15) for cell in cells
    )


def heading(cell: object) -> str:
    """Return a heading in small letters, words parted by single spaces."""
    return " ".join(re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(cell)).lower()))


def columns_of(header: Sequence[object] | None, rows: Sequence[Sequence[str]], where: str) -> tuple[int | None, int]:
    """Return the places of the columns of names (or None) and of sequences.

    Raises
    ------
    InputError
        When more than one column may be that of the sequences.
    """
    width = max(map(len, [*rows, header or []]), default=0)
    words = [heading(cell) for cell in header or []] + [""] * width
    cells = [[row[place] if place < len(row) else "" for row in rows] for place in range(width)]
    # A first line without bases may be headings in words that are not known.
    known = 1 if len(rows) > 1 and not any(map(looks_like_bases, rows[0])) else 0
    sequence = _sequence_column(words, [column[known:] for column in cells], where)
    others = [place for place in range(width) if place != sequence and (header or any(cells[place]))]
    for wanted in (lambda word: word == "name", lambda word: word in NAME, NAMING.search):
        name = next((place for place in others if wanted(words[place])), None)
        if name is not None:
            return name, sequence
    # Neither other sequences, as of the mature miRNA, nor running numbers beside names.
    others = [place for place in others if not any(looks_like_bases(cell, 15) for cell in cells[place])]
    counted = [place for place in others if all(cell.isdigit() for cell in cells[place])]
    return next((place for place in [*others, *counted] if place not in counted or others == counted), None), sequence


def _sequence_column(words: Sequence[str], cells: Sequence[Sequence[str]], where: str) -> int:
    for exact in ("sequence", "seq"):
        if words.count(exact) == 1:
            return words.index(exact)
    for least in (SHORTEST, 15, 1):
        # Where half of the cells hold bases, the others are what is wrong with it.
        found = [
            place
            for place, column in enumerate(cells)
            if sum(looks_like_bases(cell, least) for cell in column) * 2 > sum(map(bool, column))
        ]
        if len(found) > 1:
            found = [place for place in found if HAIRPIN.search(words[place])] or found
        if len(found) == 1:
            return found[0]
        if len(found) > 1 and least > 1:
            shown = " and ".join(str(place + 1) for place in found[:3])
            raise InputError(
                f"Columns {shown} of the table all hold sequences",
                where,
                "one column of sequences, or one with the heading 'sequence'",
                "leave out the others, or name the one that is meant 'sequence' in a first line",
            )
    named = [place for place in range(len(cells)) if words[place] in SEQUENCE or re.search(r"\bseq", words[place])]
    # Without any bases, each line is to be refused by itself, if there is protein or the like.
    wordy = [sum(len(cell) > 14 and cell.isalpha() and cell.isupper() for cell in column) for column in cells]
    if not named and not any(wordy):
        raise InputError(
            "No column of the table holds sequences", where, EXPECTED, "name the column 'sequence' in a first line"
        )
    return named[0] if named else wordy.index(max(wordy))
