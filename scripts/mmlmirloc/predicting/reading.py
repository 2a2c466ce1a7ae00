"""Read sequences as people have them: FASTA or one per line, plain or gzip, a file or a pipe."""

import gzip
import io
import re
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from mmlmirloc.errors import InputError

GZIP = b"\x1f\x8b"
STANDARD_INPUT = "-"
EXPECTED = "FASTA, or one sequence per line, as text or gzip"


def read_records(text: str) -> list[tuple[str, str]]:
    """Return (name, sequence as it stands) of each record of FASTA or of a list of sequences.

    Raises
    ------
    InputError
        When there is no record.
    """
    records = list(parse(io.StringIO(text.removeprefix("\ufeff"))))
    if not records:
        raise empty("the text")
    return records


def open_records(path: str | Path) -> Iterator[tuple[str, str]]:
    """Yield the records of a file, or of standard input for ``-``, one after the other, however many there are.

    Raises
    ------
    InputError
        When the file is missing, is not text, or holds no record.
    """
    where = "standard input" if str(path) == STANDARD_INPUT else str(path)
    found = False
    try:
        with open_binary(path) as binary:
            for record in parse(lines(binary, where)):
                found = True
                yield record
    except FileNotFoundError:
        raise InputError("There is no such file", where, EXPECTED, "check the path") from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"The file cannot be read ({error})", where, EXPECTED, "check the file") from None
    if not found:
        raise empty(where)


def open_binary(path: str | Path) -> io.BufferedReader | gzip.GzipFile:
    """Open a path or standard input, unpacked where it is gzip."""
    raw = sys.stdin.buffer if str(path) == STANDARD_INPUT else Path(path).open("rb")  # noqa: SIM115 (the caller closes it)
    return gzip.GzipFile(fileobj=raw) if raw.peek(2)[:2] == GZIP else raw


def lines(binary: Iterable[bytes], where: str) -> Iterator[str]:
    """Decode lines, whatever their ends; refuse what is not text.

    Raises
    ------
    InputError
        At the first byte that no text holds.
    """
    for number, line in enumerate(binary, start=1):
        if b"\0" in line:
            raise InputError(f"Line {number} is not text", where, EXPECTED, "check that this is the right file")
        # Names may be in any encoding; sequences are ASCII in all of them.
        yield line.decode("utf-8-sig" if number == 1 else "utf-8", "replace")


def parse(text: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (name, sequence) of FASTA; lines before the first ``>`` are sequences of their own, without a name.

    A record without a name is named by its number, ``sequence_3``. Old Macintosh line ends within a line count too.
    """
    name, parts, number = None, [], 0
    for line in (part.strip() for whole in text for part in re.split(r"\r\n|\r|\n", whole)):
        if line.startswith(">"):
            if name is not None:
                yield name, "".join(parts)
            number += 1
            name, parts = (line[1:].split() or [f"sequence_{number}"])[0], []
        elif name is not None:
            parts.append(line)
        elif line and not line.startswith((";", "#")):
            number += 1
            yield f"sequence_{number}", line
    if name is not None:
        yield name, "".join(parts)


def empty(where: str) -> InputError:
    """Say that there is nothing to predict."""
    return InputError("There is no sequence", where, EXPECTED, "give at least one sequence")
