"""What a file is by its first bytes, where it is none that a source can be: pages, spreadsheets, documents, images."""

import re

from mmlmirloc.sources.problem import Problem

SPREADSHEET = "save it in the spreadsheet program as tab-separated text (Text, tab delimited), and give that file"
DOCUMENT = "save its content as plain text, and give that file"
UNPACK = "unpack it, and give the file that holds the data"
ANOTHER = "take the right file"
# First bytes -> what the file is, and what to do. Formats that are zip archives are told by what they hold.
SIGNATURES: dict[bytes, tuple[str, str]] = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": ("A spreadsheet or document of an old Office program (xls, doc)", SPREADSHEET),
    b"{\\rtf": ("A document in Rich Text Format (RTF)", DOCUMENT),
    b"%PDF-": ("A PDF document", DOCUMENT),
    b"%!PS": ("A PostScript document", DOCUMENT),
    b"BZh": ("An archive packed with bzip2", UNPACK),
    b"\xfd7zXZ\x00": ("An archive packed with xz", UNPACK),
    b"\x28\xb5\x2f\xfd": ("An archive packed with Zstandard", UNPACK),
    b"7z\xbc\xaf\x27\x1c": ("A 7z archive", UNPACK),
    b"Rar!\x1a\x07": ("A RAR archive", UNPACK),
    b"\x1f\x9d": ("An archive packed with compress (Z)", UNPACK),
    b"\x89PNG": ("An image (PNG)", ANOTHER),
    b"\xff\xd8\xff": ("An image (JPEG)", ANOTHER),
    b"GIF8": ("An image (GIF)", ANOTHER),
    b"SQLite format 3\x00": ("A database (SQLite)", ANOTHER),
    b"PAR1": ("A Parquet table", "write it as tab-separated text, and give that file"),
    b"version https://git-lfs": ("A Git LFS pointer", "fetch the file itself: git lfs pull"),
}
TAR = slice(257, 262)  # where a tar archive says so
WORKBOOK = re.compile(rb"<[\w:]*workbook\b|office:spreadsheet|ms-excel", re.IGNORECASE)
PAGE_MARKS = re.compile(r"</?(?:!doctype|html|head|body|pre|p|br)\b[^>]*>|&gt;", re.IGNORECASE)


def refuse_other_files(content: bytes) -> None:
    """Refuse what is known by its first bytes and is no text, no gzip and no zip.

    Raises
    ------
    Problem
        Names what it is.
    """
    for signature, (what, advice) in SIGNATURES.items():
        if content.startswith(signature):
            raise other_file(what, advice)
    if content[TAR] == b"ustar":
        raise other_file("A tar archive", UNPACK)


def other_file(what: str, advice: str) -> Problem:
    """Describe a file of another format in place of data."""
    return Problem(f"{what} stands in place of data", "plain text, gzip, or zip", advice)


def refuse_nothing_and_pages(content: bytes) -> None:
    """Refuse an empty file, and an HTML page or XML; no table, FASTA or GFF starts with ``<``."""
    start = content[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start and not content.strip():
        raise Problem("The file is empty", "a file with content", "download it again")
    if start.startswith(b"<"):
        raise other_file("A spreadsheet (XML)", SPREADSHEET) if WORKBOOK.search(content[:5000]) else page()


def refuse_page_around(text: str) -> None:
    """Refuse text with marks of HTML anywhere, such as FASTA that a server wrapped into a page."""
    # The first look spares the slower one almost always.
    if ("<" in text or "&gt;" in text) and PAGE_MARKS.search(text):
        raise page()


def page() -> Problem:
    """Describe HTML in place of data."""
    return Problem(
        "An HTML page came in place of data",
        "the file itself, as plain text, gzip or zip",
        "open the address in a browser to see what the server says, and save the file by hand",
    )
