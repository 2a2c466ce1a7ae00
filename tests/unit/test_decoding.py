"""From bytes to text: compression and encodings by content, and the names of what is no text."""

import bz2
import gzip
import io
import lzma
import tracemalloc
import zipfile

import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.predicting.decoding import decoded, lines

TEXT = ">mi\u00df\nACGU\n>b\nGGCC\n"
PLAIN = TEXT.encode()


class Dribble(io.RawIOBase):
    """A pipe that gives a byte at a time."""

    def __init__(self, content):
        self._rest = content

    def readable(self):
        return True

    def readinto(self, buffer):
        buffer[: len(self._rest[:1])], self._rest = self._rest[:1], self._rest[1:]
        return 1 if self._rest else 0


def read(content):
    return "".join(lines(io.BytesIO(content), "somewhere"))


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(PLAIN),
        bz2.compress(PLAIN),
        lzma.compress(PLAIN),
        gzip.compress(gzip.compress(PLAIN)),
        gzip.compress(PLAIN[:8]) + gzip.compress(PLAIN[8:]),
        bz2.compress(PLAIN[:8]) + bz2.compress(PLAIN[8:]),
        gzip.compress(TEXT.encode("utf-16")),
    ],
    ids=["gzip", "bzip2", "xz", "twice", "members", "streams", "UTF-16 within"],
)
def test_compression_is_known_by_its_bytes(packed):
    assert read(packed) == TEXT


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        b"\xef\xbb\xbf" + PLAIN,
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.encode("cp1252"),
        TEXT.encode("latin-1"),
        PLAIN.replace(b"\n", b"\r\n"),
        PLAIN.replace(b"\n", b"\r"),
    ],
)
def test_encodings_and_line_ends(content):
    assert read(content) == TEXT


def test_names_of_windows_in_a_text_of_utf_8():
    # Quotes and a dash of Windows, a letter that it lacks, and one in UTF-8 beside them.
    assert read(b">\x93a\x94 \x96 \x81 \xc3\x9f\n") == ">\u201ca\u201d \u2013 \x81 \u00df\n"


def test_a_pipe_may_be_slow():
    stream = io.BufferedReader(Dribble(gzip.compress(PLAIN) + b"\0"))
    assert "".join(lines(stream, "somewhere")) == TEXT


def zipped(*names):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "application/vnd.oasis.opendocument.spreadsheet" if name == "mimetype" else "x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "Excel spreadsheet"),
        (zipped("mimetype", "content.xml"), "OpenDocument spreadsheet"),
        (zipped("[Content_Types].xml", "word/document.xml"), "Word document"),
        (zipped("a.fa"), "zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel or Word file of the old kind"),
        (b"%PDF-1.7\n", "PDF"),
        (gzip.compress(b"BAM\x01\0\0\0\0", mtime=0), "BAM"),
        (b"CRAM\x03", "CRAM"),
        (b"\x89PNG\r\n\x1a\n\0", "picture"),
        (b"\x28\xb5\x2f\xfd\0", "zstd"),
        (b"a.fa" + bytes(253) + b"ustar", "tar archive"),
        (b"SQLite format 3\0", "database"),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_what_is_no_text_is_refused_by_name(content, name, pack):
    with pytest.raises(InputError, match=name) as caught:
        read(pack(content))
    assert caught.value.where == "somewhere" and caught.value.hint


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_what_is_cut_off_is_said(pack):
    with pytest.raises(InputError, match="cannot be read") as caught:
        read(pack(PLAIN)[:-9])
    assert "again" in caught.value.hint


@pytest.mark.parametrize("content", [b"ACGU\n\0\n", bytes(range(256)) * 4, b"\xff\xfea\0\n\0b"])
def test_other_bytes_are_no_text(content):
    with pytest.raises(InputError, match=r"not text|cut off"):
        read(content)


@pytest.mark.parametrize(
    "pack", [bytes, gzip.compress, bz2.compress, lambda content: gzip.compress(gzip.compress(content))]
)
def test_an_upload_may_not_grow_without_end(pack):
    assert decoded(pack(PLAIN), len(PLAIN) + 100) == TEXT
    assert decoded(pack(b"A" * 10_000), 10_000) == "A" * 10_000
    assert decoded(pack(b"A" * 10_001), 10_000) is None


def test_no_more_is_unpacked_than_is_allowed():
    # One line of ten million letters.
    packed = gzip.compress(b"A" * 10_000_000)
    tracemalloc.start()
    try:
        assert decoded(packed, 100_000) is None
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
