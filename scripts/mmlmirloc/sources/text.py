"""From the bytes of a file to its text: unpacked, decoded, and refused by name where it is no text."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from mmlmirloc.sources.archives import unpacked
from mmlmirloc.sources.problem import Problem
from mmlmirloc.sources.signatures import refuse_nothing_and_pages, refuse_other_files

Result = TypeVar("Result")
# Marks at the start of text. UTF-32's begins as UTF-16's does, and so stands before it.
MARKS = {
    b"\xef\xbb\xbf": "utf-8",
    b"\xff\xfe\x00\x00": "utf-32-le",
    b"\x00\x00\xfe\xff": "utf-32-be",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
}
SAMPLE = 4096  # bytes that tell an encoding without a mark


def read_source(path: str | Path, parse: Callable[[str], Result]) -> Result:
    """Return ``parse(text)`` of a local file, plain or packed.

    Raises
    ------
    InputError
        When the file cannot be read, is no text, or ``parse`` raises a :class:`Problem`.
    """
    try:
        return parse(plain_text(read_bytes(path), parse))
    except Problem as problem:
        raise problem.at(path) from None


def read_bytes(path: str | Path) -> bytes:
    """Return the bytes of a local file.

    Raises
    ------
    Problem
        When there is no such file, or it may not be read.
    """
    try:
        return Path(path).expanduser().read_bytes()
    except FileNotFoundError:
        what, advice = "A source file is missing", "check the path: it is relative to where the command is run"
    except IsADirectoryError:
        what, advice = "A source is a directory", "name the file in it"
    except PermissionError:
        what, advice = "A source file may not be read (permission denied)", "check its permissions (chmod u+r)"
    except OSError as error:
        what, advice = f"A source file cannot be read ({error.strerror})", "check the disk and the path"
    raise Problem(what, "a readable file", advice)


def plain_text(received: bytes, check: Callable[[str], object]) -> str:
    """Return the text of plain bytes, of gzip, or of a zip archive, with LF line ends.

    All is told by the content, never by a name. Of several files in a zip archive the only one that ``check`` accepts
    is taken.

    Raises
    ------
    Problem
        When it is empty, damaged, or no text.
    """
    return unpacked(received, as_text, check)


def as_text(content: bytes) -> str:
    """Return the text of ``content``, which is not packed; see :func:`plain_text`."""
    refuse_other_files(content)
    text = decoded(content)
    refuse_nothing_and_pages(text.encode("utf-8", errors="replace"))
    if "\0" in text:
        raise Problem("A binary file stands in place of text", "plain text, gzip or zip", "take the right file")
    if "\r" not in text:
        return text
    # A lone CR may stand in a field of a table; it ends a line only where nothing else does.
    return re.sub(r"\r+\n", "\n", text) if "\n" in text else text.replace("\r", "\n")


def decoded(content: bytes) -> str:
    """Decode by the mark, else as UTF-16 where every other byte is zero, else as UTF-8, else as latin-1.

    Latin-1 is RNALocate's encoding, and every byte is a letter of it.
    """
    mark = next((mark for mark in MARKS if content.startswith(mark)), b"")
    encoding = MARKS.get(mark) or unmarked_encoding(content[:SAMPLE])
    try:
        return content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-8":
            return content[len(mark) :].decode("latin-1")
        raise Problem(
            f"The text starts as {encoding.upper()}, but cannot be read so to its end ({error.reason})",
            "text in one encoding, such as UTF-8",
            "save it again as UTF-8 text, or download it again",
        ) from None


def unmarked_encoding(sample: bytes) -> str:
    """Return UTF-16 where nearly every second byte is zero, as in Latin letters, and the others are not; else UTF-8."""
    halves = {"utf-16-le": sample[1::2], "utf-16-be": sample[::2]}
    zeros = {encoding: half.count(0) / max(len(half), 1) for encoding, half in halves.items()}
    likely = max(zeros, key=zeros.get)
    return likely if zeros[likely] > 0.9 and min(zeros.values()) < 0.1 else "utf-8"


def line_at(text: str, place: int) -> int:
    """Return the number, from 1, of the line that holds a place of the text."""
    return text.count("\n", 0, place) + 1
