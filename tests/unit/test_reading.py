"""Reading sequences as people have them: FASTA or a list, any line ends, plain or gzip, a file or a pipe."""

import gzip
import io
import sys

import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.predicting.reading import open_records, read_records

TWO = [("one", "ACGUACGU"), ("two", "GGCC")]
FASTA = b">one first of two\nACGU\nACGU\n>two\nGGCC\n"


def pairs(records):
    """Names and sequences."""
    return [(record.name, record.sequence) for record in records]


@pytest.fixture
def read(tmp_path):
    """Write bytes to a file and read its records."""

    def records(content, name="sequences.txt"):
        path = tmp_path / name
        path.write_bytes(content)
        return pairs(open_records(path))

    return records


def piped(monkeypatch, content):
    """Put bytes in the place of standard input."""
    text = io.TextIOWrapper(io.BufferedReader(io.BytesIO(content)))
    monkeypatch.setattr(sys, "stdin", text)


def refused(function, *arguments):
    """Return the error of a call that must be refused."""
    with pytest.raises(InputError) as caught:
        function(*arguments)
    error = caught.value
    assert error.expected.startswith("FASTA, FASTQ, one sequence per line or a table") and error.hint
    return error


def test_fasta_takes_the_first_word_as_name_and_joins_lines(read):
    assert read(FASTA) == TWO


def test_a_list_is_one_sequence_per_line_named_by_number(read):
    assert read(b"ACGU\n\n  GGCC \nUUAA") == [("sequence_1", "ACGU"), ("sequence_2", "GGCC"), ("sequence_3", "UUAA")]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["unix", "windows", "old macintosh"])
def test_line_ends(read, end):
    assert read(FASTA.replace(b"\n", end)) == TWO
    assert read(end.join([b"ACGU", b"GGCC"])) == [("sequence_1", "ACGU"), ("sequence_2", "GGCC")]


def test_line_ends_may_be_mixed(read):
    assert read(b">one first\r\nACGU\rACGU\n>two\rGGCC\r\n") == TWO


@pytest.mark.parametrize("other", ["\u2028", "\x85", "\x0c", "\x1d"])
def test_nothing_else_ends_a_line(read, other):
    assert read(f">one of{other}two\nACGU\n".encode()) == [("one", "ACGU")]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n\r\n"])
def test_the_last_line_needs_no_end(read, end):
    assert read(b">a\nACGU" + end) == [("a", "ACGU")]


def test_a_byte_order_mark_is_no_letter(read):
    assert read(b"\xef\xbb\xbf" + FASTA) == TWO
    assert read(b"\xef\xbb\xbfACGU\n") == [("sequence_1", "ACGU")]


def test_a_byte_order_mark_in_pasted_text_is_no_letter():
    assert pairs(read_records("\ufeff" + FASTA.decode())) == TWO


def test_comments_before_the_sequences_are_skipped(read):
    assert read(b"# from the lab\n; and more\nACGU\n#GGCC\n>a\nUUAA\n") == [("sequence_1", "ACGU"), ("a", "UUAA")]


def test_records_without_a_name_are_named_by_their_number(read):
    # The second and the third of four have none; a list before the first > counts too.
    assert read(b">a\nAC\n>\nGG\n>   \nUU\n>b\nCC\n") == [
        ("a", "AC"),
        ("sequence_2", "GG"),
        ("sequence_3", "UU"),
        ("b", "CC"),
    ]
    assert read(b"AC\n>\nGG\n") == [("sequence_1", "AC"), ("sequence_2", "GG")]


def test_a_record_without_a_sequence_stays_a_record(read):
    assert read(b">a\n>b\nACGU\n>c") == [("a", ""), ("b", "ACGU"), ("c", "")]


def test_two_records_of_one_name_stay_two(read):
    assert read(b">a\nAC\n>a\nGG\n") == [("a", "AC"), ("a", "GG")]


def test_letters_are_left_as_they_stand(read):
    assert read(b">a\nacgt-N*\n") == [("a", "acgt-N*")]


def test_names_may_be_in_any_encoding(read):
    assert read(">mi\u00df\nACGU\n".encode()) == [("mi\u00df", "ACGU")]
    assert read(b">mi\xdf\nACGU\n>b\nGG\n") == [("mi\u00df", "ACGU"), ("b", "GG")]


def test_gzip_is_known_by_its_bytes_not_by_its_name(read):
    assert read(gzip.compress(FASTA), "sequences.fa") == TWO
    assert read(FASTA, "sequences.fa.gz") == TWO
    # Files joined by cat are one.
    assert read(gzip.compress(FASTA[:12]) + gzip.compress(FASTA[12:])) == TWO


@pytest.mark.parametrize("content", [FASTA, gzip.compress(FASTA)], ids=["plain", "gzip"])
def test_a_minus_is_standard_input(monkeypatch, content):
    piped(monkeypatch, content)
    assert pairs(open_records("-")) == TWO


@pytest.mark.parametrize(
    "content", [b"", b"\n\r\n  \n", b"\xef\xbb\xbf", b"# only a comment\n", gzip.compress(b"", mtime=0)]
)
def test_nothing_to_predict_is_said(read, content, tmp_path):
    error = refused(read, content)
    assert error.what == "There is no sequence" and error.where == str(tmp_path / "sequences.txt")
    assert error.hint == "give at least one sequence"


def test_empty_standard_input_and_empty_text_are_named(monkeypatch):
    piped(monkeypatch, b"")
    assert refused(list, open_records("-")).where == "standard input"
    assert refused(read_records, " \n").where == "the text"


def test_text_is_read_as_a_file_is():
    assert pairs(read_records(FASTA.decode())) == TWO
    assert pairs(read_records("ACGU\r\nGGCC")) == [("sequence_1", "ACGU"), ("sequence_2", "GGCC")]


def test_a_missing_file_is_named(tmp_path):
    error = refused(open_records, tmp_path / "absent.fa")
    assert (error.what, error.where, error.hint) == (
        "There is no such file",
        str(tmp_path / "absent.fa"),
        "check the path",
    )


def test_a_name_that_is_given_for_a_file_is_told_from_one():
    assert refused(open_records, "hsa-miR-21-5p").hint == "for a name: mmlmirloc lookup hsa-miR-21-5p"


def test_a_name_with_a_space_is_one_word():
    assert pairs(read_records("miR 21\nlet-7a ACGU\n")) == [("sequence_1", "miR 21"), ("let-7a", "ACGU")]


def test_a_folder_is_no_file(tmp_path):
    error = refused(list, open_records(tmp_path))
    assert error.what.startswith("The file cannot be read (") and error.where == str(tmp_path)


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"ACGU\r\n\x01\0\r\n", 2), (gzip.compress(b"ACGU\n\0"), 2)],
    ids=["plain", "packed"],
)
def test_a_binary_file_is_refused_with_the_line(read, content, line):
    error = refused(read, content)
    assert error.what == f"Line {line} is not text" and error.hint == "check that this is the right file"


def test_a_gzip_that_ends_early_is_said_after_its_whole_records(tmp_path):
    whole = gzip.compress(b"".join(b">r%d\n%s\n" % (number, b"ACGU" * 20) for number in range(2000)), 0)
    path = tmp_path / "half.gz"
    path.write_bytes(whole[: len(whole) // 2])
    records = open_records(path)
    assert next(records)[:2] == ("r0", "ACGU" * 20)
    error = refused(list, records)
    assert error.what.startswith("The file cannot be read (") and error.where == str(path)


def test_a_gzip_of_another_checksum_is_refused(read):
    packed = bytearray(gzip.compress(FASTA))
    packed[-8] ^= 255
    assert "CRC" in refused(read, bytes(packed)).what


def test_a_gzip_with_damaged_bytes_is_refused(read):
    packed = bytearray(gzip.compress(FASTA))
    # The first block's kind: 3 is none.
    packed[10] |= 0b110
    assert refused(read, bytes(packed)).what.startswith("The file cannot be read (")


def test_records_are_read_one_after_the_other(tmp_path):
    path = tmp_path / "long.fa"
    path.write_bytes(b">a\nACGU\n>b\nGGCC\n" + b";\n" * 100_000 + b">c\n\0\n")
    records = open_records(path)
    # The third is not text, which nobody who stops before it learns of.
    assert pairs([next(records)]) == [("a", "ACGU")]
    refused(list, records)
