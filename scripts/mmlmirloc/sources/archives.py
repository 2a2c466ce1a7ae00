"""Unpack gzip and zip, told by the content; spreadsheets and documents that are zip archives are named."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable
from typing import TypeVar

from mmlmirloc.job import logger
from mmlmirloc.sources.problem import Problem
from mmlmirloc.sources.signatures import DOCUMENT, SPREADSHEET, other_file, refuse_nothing_and_pages

GZIP = b"\x1f\x8b"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# A file inside -> what the archive is.
OFFICE = {
    "xl/": ("A spreadsheet (xlsx)", SPREADSHEET),
    "word/": ("A document (docx)", DOCUMENT),
    "ppt/": ("A presentation (pptx)", DOCUMENT),
    "Index/": ("A spreadsheet or document of Numbers or Pages", SPREADSHEET),
}
SHOWN = 5  # files of an archive that a message names

Result = TypeVar("Result")


def unpacked(received: bytes, read: Callable[[bytes], Result], check: Callable[[Result], object]) -> Result:
    """Return ``read`` of plain content, of what gzip holds, or of the one file of a zip archive that serves.

    Of several files in a zip archive the one serves whose content ``read`` and ``check`` do not refuse; there may be
    folders, and hidden files that macOS adds.

    Raises
    ------
    Problem
        When an archive is damaged, holds no file, or is a spreadsheet or document; or when none or several of its
        files serve. Also what ``read`` raises.
    """
    if received.startswith(GZIP):
        content = attempt_unpacking("gzip", gzip.decompress, received)
        refuse_nothing_and_pages(content)
        return unpacked(content, read, check)
    if not received.startswith(ZIP):
        return read(received)
    files = attempt_unpacking("zip", files_of, received)
    if len(files) == 1:
        (content,) = files.values()
        return unpacked(content, read, check)
    return only_one_that_serves(files, read, check)


def only_one_that_serves(
    files: dict[str, bytes], read: Callable[[bytes], Result], check: Callable[[Result], object]
) -> Result:
    """Return ``read`` of the one file that ``read`` and ``check`` accept."""
    found = {}
    for name, content in files.items():
        try:
            result = unpacked(content, read, check)
            check(result)
        except Problem:
            continue
        found[name] = result
    if len(found) != 1:
        shown = ", ".join(list(found or files)[:SHOWN])
        raise Problem(
            f"The zip archive holds {len(files)} files, and {len(found) or 'none'} of them "
            f"{'are what is looked for' if found else 'is what is looked for'} ({shown})",
            "a zip archive that holds one file with the data",
            "unpack it, and give the file that holds the data",
        )
    ((name, result),) = found.items()
    logger.info("Of %d files in the zip archive '%s' is taken", len(files), name)
    return result


def attempt_unpacking(form: str, unpack: Callable[[bytes], Result], received: bytes) -> Result:
    """Return ``unpack(received)`` and say so when the archive is not whole."""
    try:
        return unpack(received)
    # RuntimeError: zipfile's word for encryption and for compressions it does not know.
    except (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, RuntimeError) as error:
        raise Problem(
            f"The {form} archive is truncated or damaged ({error})",
            f"a whole {form} archive of {len(received)} bytes or more",
            "download it again",
        ) from error


def files_of(received: bytes) -> dict[str, bytes]:
    """Return name -> content of a zip archive's files, without folders, hidden files and what macOS adds."""
    with zipfile.ZipFile(io.BytesIO(received)) as archive:
        names = archive.namelist()
        refuse_office(names, archive)
        files = {name: archive.read(name) for name in names if not name.endswith("/") and not hidden(name)}
    if not files:
        raise Problem("The zip archive holds no file", "a zip archive that holds the data", "download it again")
    return files


def hidden(name: str) -> bool:
    """Whether a path is hidden, or one that macOS adds to an archive."""
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def refuse_office(names: list[str], archive: zipfile.ZipFile) -> None:
    """Refuse a spreadsheet or document, each of which is a zip archive of its own layout."""
    if "mimetype" in names:
        kind = archive.read("mimetype").decode("ascii", errors="replace")
        if "opendocument" in kind or "epub" in kind:
            sheet = "spreadsheet" in kind
            raise other_file("A spreadsheet (ods)" if sheet else "A document (odt)", SPREADSHEET if sheet else DOCUMENT)
    if "[Content_Types].xml" in names or any(name.endswith(".iwa") for name in names):
        for folder, (what, advice) in OFFICE.items():
            if any(name.startswith(folder) for name in names):
                raise other_file(what, advice)
