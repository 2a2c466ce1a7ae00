"""From the bytes of a file, a pipe or an upload to lines of text: unpacked, and in whatever encoding they are."""

import bz2
import codecs
import gzip
import io
import lzma
import sys
import zlib
from collections.abc import Iterator
from typing import IO

from mmlmirloc.errors import InputError
from mmlmirloc.predicting.formats import EXPECTED, refuse_binary

# What is looked at to know a format; a zip names its parts there.
START = 1 << 16
UNPACKERS = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}
# The longer ones first, since the mark of UTF-32 begins with that of UTF-16.
MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
DAMAGED = (EOFError, zlib.error, lzma.LZMAError)
"""What unpacking raises beside OSError."""


def as_western(error: UnicodeError) -> tuple[str, int]:
    """Decode bytes that are not UTF-8 as Windows-1252, and those that it lacks as Latin-1."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    found = error.object[error.start : error.end]
    letters = (bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in found)
    return "".join(letters), error.end


# Names may be in any encoding; sequences are ASCII in nearly all of them.
codecs.register_error("mmlmirloc.western", as_western)


class TooMuch(Exception):
    """More comes of a stream than is allowed."""


class Joined(io.RawIOBase):
    """What has been read of a stream, and its rest; :class:`TooMuch` after ``most`` bytes."""

    def __init__(self, start: bytes, rest: IO[bytes], most: int):
        self._start, self._rest, self._left = start, rest, most

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer) -> int:
        """Fill ``buffer``, and return how much was filled."""
        size = len(buffer)
        if self._start:
            found, self._start = self._start[:size], self._start[size:]
        else:
            found = self._rest.read(size)
        self._left -= len(found)
        if self._left < 0:
            raise TooMuch
        buffer[: len(found)] = found
        return len(found)


def lines(stream: IO[bytes], where: str, most: int = sys.maxsize) -> Iterator[str]:
    """Yield the lines of a stream of bytes, unpacked where it is gzip, bzip2 or xz, whatever its name.

    UTF-8, UTF-16 and UTF-32 are known by their marks, UTF-16 without one by its empty bytes; what is none of them is
    read as Windows-1252. Lines end as on Unix, Windows or old Macintosh.

    Raises
    ------
    InputError
        When the stream cannot be unpacked, holds a known format that is no text, or at the first line that is not text.
    TooMuch
        When more than ``most`` bytes come of it.
    """
    try:
        stream, start = unpacked(stream, most)
        refuse_binary(start, where)
        encoding = encoding_of(start)
        errors = "mmlmirloc.western" if encoding == "utf-8-sig" else "strict"
        text = io.TextIOWrapper(io.BufferedReader(stream), encoding, errors, newline=None)
        for number, line in enumerate(text, start=1):
            if "\0" in line:
                raise InputError(f"Line {number} is not text", where, EXPECTED, "check that this is the right file")
            yield line
    except (OSError, *DAMAGED) as error:
        hint = "check the file, or copy or download it again"
        raise InputError(f"The file cannot be read ({error})", where, EXPECTED, hint) from None
    except UnicodeError:
        raise InputError("The text is cut off or damaged", where, EXPECTED, "save it again as UTF-8") from None


def unpacked(stream: IO[bytes], most: int) -> tuple[Joined, bytes]:
    """Return a stream after its compression, and how it starts."""
    while True:
        start = stream.read(START)
        stream = Joined(start, stream, most)
        unpacker = next((one for mark, one in UNPACKERS.items() if start.startswith(mark)), None)
        if unpacker is None:
            return stream, start
        stream = unpacker(io.BufferedReader(stream))


def encoding_of(start: bytes) -> str:
    """Return the encoding that the start of a text speaks for."""
    for mark, encoding in MARKS.items():
        if start.startswith(mark):
            return encoding
    sample = start[: len(start) // 2 * 2]
    empty = [sample[place::2].count(0) for place in (0, 1)]
    if max(empty) > len(sample) // 4 and min(empty) == 0:
        return "utf-16-le" if empty[1] else "utf-16-be"
    return "utf-8-sig"


def decoded(content: bytes, most: int) -> str | None:
    """Return the text of an upload, plain or compressed; None where more than ``most`` bytes come of it.

    Raises
    ------
    InputError
        See :func:`lines`.
    """
    try:
        return "".join(lines(io.BytesIO(content), "the file", most))
    except TooMuch:
        return None
