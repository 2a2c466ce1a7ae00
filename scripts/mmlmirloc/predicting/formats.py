"""Formats that are no list of sequences, known by how they start: each is refused by its name, with what to do."""

import re

from mmlmirloc.errors import InputError

EXPECTED = "FASTA, FASTQ, one sequence per line or a table of names and sequences, as text, plain or compressed"
AS_TEXT = "open it there and save the sequences as text (FASTA, CSV or tab-separated)"
AS_FASTA = "save or convert it as FASTA"
NO_SEQUENCES = "it tells places or variants; give the sequences themselves, as FASTA"
OTHER_FILE = "check that this is the right file"

# Bytes at the start of a file; of a zip, also what it holds.
BINARIES = [
    (rb"PK\x03\x04.*xl/", "an Excel spreadsheet (xlsx)", AS_TEXT),
    (rb"PK\x03\x04.*opendocument\.spreadsheet", "an OpenDocument spreadsheet (ods)", AS_TEXT),
    (rb"PK\x03\x04.*word/", "a Word document (docx)", AS_TEXT),
    (rb"PK\x03\x04.*opendocument", "an OpenDocument document", AS_TEXT),
    (rb"PK\x03\x04", "a zip archive", "unpack it, and give the file in it"),
    (rb"\xd0\xcf\x11\xe0", "an Excel or Word file of the old kind (xls, doc)", AS_TEXT),
    (rb"%PDF", "a PDF document", "copy the sequences from it into a text file, and check them"),
    (rb"BAM\x01", "reads in BAM", "convert it: samtools fasta"),
    (rb"CRAM", "reads in CRAM", "convert it: samtools fasta"),
    (rb"BCF\x02", "variants in BCF", NO_SEQUENCES),
    (rb"(\x1a\x41\x27\x43|\x43\x27\x41\x1a)", "a genome in 2bit", "take the hairpins out of it: twoBitToFa"),
    (rb"7z\xbc\xaf|Rar!|\x28\xb5\x2f\xfd|\x1f\x9d", "an archive (7z, rar, zstd or compress)", "unpack it first"),
    (rb".{257}ustar", "a tar archive", "unpack it, and give the file in it"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\x00|MM\x00\*", "a picture", "type the sequences into a text file"),
    (rb"\x89HDF|PAR1|SQLite format 3|\x93NUMPY|\x80[\x02-\x05]", "a binary file of data or a database", AS_FASTA),
    (rb"\x7fELF|MZ.{58}", "a program", OTHER_FILE),
]
# The first lines of a text, from the first that is not empty.
TEXTS = [
    (r"LOCUS\s", "GenBank", AS_FASTA),
    (r"ID   \S.*\n(XX|AC|DE|DT|SQ|PR)\b", "EMBL", AS_FASTA),
    (r"(?i)#\s*STOCKHOLM", "a Stockholm alignment", AS_FASTA),
    (r"(?i)(CLUSTAL|MUSCLE|PROBCONS|T-COFFEE)\b", "a Clustal alignment", AS_FASTA),
    (r"(?i)#NEXUS", "NEXUS", AS_FASTA),
    (r"\s*\d+\s+\d+\s*\n\S+\s+\S", "a PHYLIP alignment", AS_FASTA),
    (r"!!(N|A)A_|PileUp|.*\bMSF:\s*\d+", "a GCG alignment", AS_FASTA),
    (r"##maf\b", "a MAF alignment", AS_FASTA),
    (r"(?i)##gff|(?:#.*\n)*(?:[^\t\n]*\t){3}\d+\t\d+\t[^\t\n]*\t[-+.?]\t[.012]\t", "GFF or GTF", NO_SEQUENCES),
    (r"##fileformat=VCF|#CHROM\tPOS", "VCF", NO_SEQUENCES),
    (
        r"@(HD|SQ|RG|PG|CO)\t|[^\t\n]+\t\d+\t[^\t\n]+\t\d+\t\d+\t(\*|(\d+[MIDNSHP=X])+)\t",
        "reads in SAM",
        "convert it: samtools fasta",
    ),
    (r"track\s+\w+=|browser\s+position|[^\t\n]+\t\d+\t\d+(\t[^\t\n]*\t[^\t\n]*\t[-+.]|\n|$)", "BED", NO_SEQUENCES),
    (r"\{\\rtf", "rich text (RTF)", "save it as plain text"),
    (
        r"(?i)<(!doctype|html|head|body|table|pre|div|p)\b",
        "a web page (HTML)",
        "download or save the sequences as text",
    ),
    (r"<\?xml|<[A-Za-z][\w:.-]*(\s[^<>]*)?>\s*(<|$)", "XML", AS_FASTA),
    (r'[\[{]\s*("|[\[{]\s*"|[\]}]|\n|$)', "JSON", "save it as FASTA, or send it to the API of the web page"),
    (r"%!PS", "PostScript", AS_FASTA),
    (r"\s*\d+\s+([A-Za-z]{10}\s+)+[A-Za-z]{1,10}\s*(\n|$)", "the numbered sequence of GenBank or EMBL", AS_FASTA),
    (r"\s*\d+\s+(dG|ENERGY|Energy)\b|(HEADER|ATOM) {2,}", "a file of structures", AS_FASTA),
]
LINES = 5
"""How many lines are looked at."""


def refuse_binary(start: bytes, where: str) -> None:
    """Refuse a file that is no text by its first bytes.

    Raises
    ------
    InputError
        With the name of the format.
    """
    for pattern, name, hint in BINARIES:
        if re.match(pattern, start, re.DOTALL):
            raise InputError(f"This is {name}, not sequences as text", where, EXPECTED, hint)


def refuse_text(first_lines: list[str], where: str) -> None:
    """Refuse a text of another format by its first lines.

    Raises
    ------
    InputError
        With the name of the format.
    """
    text = "\n".join(first_lines)
    for pattern, name, hint in TEXTS:
        if re.match(pattern, text):
            raise InputError(f"This is {name}, not a list of sequences", where, EXPECTED, hint)
