"""miRBase's FASTA files, hairpin.fa and mature.fa: the names, accessions and sequences of all species."""

import re
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from Bio.SeqIO.FastaIO import SimpleFastaParser

from mmlmirloc.sources.problem import Problem
from mmlmirloc.sources.signatures import refuse_page_around
from mmlmirloc.sources.text import line_at, read_source

ACCESSION = re.compile(r"MI(?:MAT)?\d+", re.IGNORECASE)
# Headers, letters and blank lines, as far as they go.
GOOD_LINES = re.compile(r"(?:>.*(?:\n|\Z)|[A-Za-z*.\-]*[^\S\n]*(?:\n|\Z))*")
HAIRPIN, MATURE = "hairpin", "mature"


class Entry(NamedTuple):
    """A sequence of miRBase: its current name, and its letters in upper case with U for T."""

    name: str
    sequence: str


def read(path: str | Path) -> dict[str, Entry]:
    """Read a FASTA file of miRBase, plain or packed, into accession -> :class:`Entry`.

    Blank lines do no harm wherever they stand.

    Raises
    ------
    InputError
        When the file is missing, empty, no text, not FASTA or not miRBase's, or gives two sequences to one accession.
    """
    return read_source(path, parse)


def check(text: str, molecule: str) -> None:
    """Raise a :class:`Problem` where :func:`read` would, and where no sequence is of ``molecule``.

    Parameters
    ----------
    text : str
        The file's content.
    molecule : {"hairpin", "mature"}
        What it must hold.
    """
    found = {molecule_of(accession) for accession in parse(text, f"{molecule}.fa")}
    if molecule not in found:
        raise Problem(
            f"The file holds {found.pop()} sequences",
            f"miRBase's {molecule} sequences",
            f"take miRBase's {molecule}.fa; `sources.hairpin` and `sources.mature` may be exchanged",
        )


def molecule_of(accession: str) -> str:
    """``"mature"`` for MIMAT accessions, ``"hairpin"`` for MI."""
    return MATURE if accession.startswith("MIMAT") else HAIRPIN


def species_of(name: str) -> str:
    """Return miRBase's code of the species of a name: ``hsa`` of ``hsa-mir-21``."""
    return name.split("-")[0]


def parse(text: str, file: str = "hairpin.fa or mature.fa") -> dict[str, Entry]:
    """Return accession -> :class:`Entry` of the file's content; a :class:`Problem` says why it cannot be read."""
    refuse_page_around(text)
    start, end = len(text) - len(text.lstrip()), GOOD_LINES.match(text).end()
    headed = text.startswith(">", start)
    if end < len(text) or not headed:
        raise Problem(
            f"The file is not FASTA (line {line_at(text, end if headed else start)})",
            "lines of letters under headers that start with >",
            f"take miRBase's {file}",
        )
    entries: dict[str, Entry] = {}
    for title, letters in SimpleFastaParser(StringIO(text)):
        name, accession = parse_header(title, file)
        entry = Entry(name, letters.upper().replace("T", "U"))
        if entries.setdefault(accession, entry).sequence != entry.sequence:
            raise Problem(
                f"Two different sequences have the accession {accession}",
                "one sequence for each accession",
                "download the file again, or remove one of the two",
            )
    return entries


def parse_header(title: str, file: str) -> tuple[str, str]:
    """Return name and accession of a header."""
    words = title.split()
    if len(words) < 2 or not ACCESSION.fullmatch(words[1]):
        raise Problem(
            f"A FASTA header has no miRBase accession: '>{title[:80]}'",
            "name and accession as the first two words, such as '>hsa-let-7a-1 MI0000060'",
            f"take miRBase's {file}",
        )
    return words[0], words[1].upper()
