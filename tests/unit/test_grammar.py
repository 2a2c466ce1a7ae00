"""From text to records: what people have, what is wrong with it, and that no name becomes bases."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlmirloc.errors import InputError
from mmlmirloc.predicting.cleaning import clean_record
from mmlmirloc.predicting.reading import read_records

# Made up: 72, 72, 80 and 42 bases.
A = "GGCUACGAUUCGAUCCAGUAUCCGAUUGCAAGGACUUACGGUAUCGGAUACUGGAUCGAAUCGUAGCCAAUC"
B = A[:30] + "G" + A[31:]
C = "UUGCCAGGUACGAUUGCAUCGGAUUAACGUGGCAUAUCCGUUAGACCGAUGCAAUCGUACCUGGCAAUUGCCGUAUUAGC"
D = C[:42]
MATURE = A[7:29]
PROTEIN = "MKVLAAGIFEPQLSTNDERHCWYMKVLAAGIFEPQLSTNDE"
FOLDED = "its structure in brackets left out"
LOST = "its header lacks the >"


def read(text):
    """(name, sequence as it is predicted) of each record; in the place of a refused one the start of why."""
    found = []
    for record in read_records(text):
        cleaned = clean_record(record)
        found.append((record.name, cleaned.sequence or cleaned.remarks[0].removeprefix("refused: ")))
    return found


def remarks(text):
    return [clean_record(record).remarks for record in read_records(text)]


NAMED = [("a", A), ("b", C)]
NUMBERED = [("sequence_1", A), ("sequence_2", C)]


# --- FASTA


@pytest.mark.parametrize(
    "text",
    [
        f">a first\n{A}\n>b\tsecond\n{C}\n",
        f"> a\n{A[:60]}\n{A[60:]}\n\n>b >c\n{C[:60]}\n\n{C[60:]}",
        f">a\n{A}>b\n{C}",
        f">a\n{A[:60]}\n{A[60:]}>b\n{C}",
        f">a\n{A}*>b words\n{C}*",
        f"\ufeff>a\n{A}\n\ufeff>b\n{C}",
        f"\ufeff>a\n{A}\ufeff>b\n{C}",
        f"&gt;a\n{A}\n&gt;b\n{C}",
        f"```fasta\n>a\n{A}\n>b\n{C}\n```",
        f"; old comment\n>a\n;another\n{A}\n//\n>b\n# note\n{C}\n//",
        f">a\n{A.lower().replace('u', 't')}\n>b\n{C}\x1a",
    ],
)
def test_fasta(text):
    assert read(text) == NAMED


def test_a_list_before_the_first_header():
    assert read(f"{A}>b\n{C}\n>\n{B}") == [("sequence_1", A), ("b", C), ("sequence_3", B)]


@pytest.mark.parametrize("header", ["hsa-mir-9", "21", "control", "sample|2 of 3", "WILDTYPE"])
def test_a_header_without_its_mark_is_a_record_of_its_own(header):
    text = f">a\n{A[:60]}\n{A[60:]}\n{header}\n{C}\n>c\n{B}"
    assert read(text) == [("a", A), (header.split()[0], C), ("c", B)]
    assert remarks(text)[1] == (LOST,)


def test_a_name_at_the_end_is_a_record_without_bases():
    assert read(f">a\n{A}\nhsa-mir-9") == [("a", A), ("hsa-mir-9", "no bases")]


@pytest.mark.parametrize("line", ["ACG", "gcaun", "UAG"])
def test_a_short_line_of_bases_in_the_middle_is_not_guessed(line):
    (_, why), (name, other), last = read(f">a\n{A}\n{line}\n{C}\n>c\n{B}")
    assert why == other and why.startswith("it is not clear whether a short line")
    assert name == line and last == ("c", B)


@pytest.mark.parametrize("line", [A[40:50] + "I" + A[51:], A[40:50] + "5" + A[51:], "x" + A[41:]])
def test_a_line_with_a_wrong_letter_is_no_header(line):
    ((name, why),) = read(f">a\n{A[:40]}\n{line}\n{A[:30]}")
    assert name == "a" and re.search("no nucleotide has|characters that are no bases", why)


def test_lines_of_any_length_are_one_sequence():
    assert read(f">a\n{A[:20]}\n{A[20:32]}\n{A[32:]}") == [("a", A)]


def test_numbered_lines_within_a_record_are_read():
    text = f">a\n        1 {A[:10].lower()} {A[10:60]}\n       61 {A[60:70]} {A[70:]}\n>b\n{C}"
    assert read(text) == NAMED
    assert remarks(text)[0][0] == "position numbers removed"


def test_protein_is_refused_line_by_line_and_loses_nothing():
    text = f">p\n{PROTEIN}\n{PROTEIN}8\n>b\n{C}"
    assert [name for name, _ in read(text)] == ["p", "b"] and "protein?" in read(text)[0][1]


# --- structures


@pytest.mark.parametrize(
    "structure",
    [
        "((((....))))" * 6,
        f".{'(' * 30}....{')' * 30}. (-33.80)",
        f".{'(' * 30}....{')' * 30}. ( -3.80)",
        f".{'(' * 30},,||{')' * 30}. [-34.12]\n.{'(' * 30}....{')' * 30}. {{-30.00 d=5.10}}\n"
        " frequency of mfe structure in ensemble 0.14; ensemble diversity 7.05",
        "<<<<[[[[....>>>>]]]]",
    ],
)
@pytest.mark.parametrize("header", [">a\n", ""])
def test_a_structure_is_left_out_and_that_is_said(structure, header):
    text = f"{header}{A}\n{structure}\n{header.replace('a', 'b')}{C}\n"
    assert read(text) == (NAMED if header else NUMBERED)
    assert remarks(text) == [(FOLDED,), ()]


# --- FASTQ


@pytest.mark.parametrize("quality", ["I", "A", "@", ">", "+", "!", "#", ";"])
def test_a_quality_is_no_sequence_whatever_it_holds(quality):
    assert read(f"@a 1\n{A}\n+\n{quality * 72}\n@b\n{C}\n+b\n{quality * 80}\n") == NAMED


def test_wrapped_fastq():
    assert read(f"@a\n{A[:40]}\n{A[40:]}\n+\n{'@' * 40}\n{'A' * 32}\n@b\n{C}\n+\n{'I' * 80}") == NAMED


def test_a_damaged_record_of_fastq_costs_no_other():
    text = (
        f"@short\n{A}\n+\n{'I' * 70}\n@b\n{C}\n+\n{'I' * 80}\n@none\n{A}\n+\n@c\n{B}\n+\n{'A' * 72}\n"
        f"@long\n{A}\n+\n{'A' * 80}\n@bare\n{A}\n@glued\n{A}\n+\n{'I' * 72}@d\n{A}\n+\n{'I' * 72}\n@cut\n{A}"
    )
    found = dict(read(text))
    assert list(found) == ["short", "b", "none", "c", "long", "bare", "glued", "d", "cut"]
    assert {name for name, sequence in found.items() if set(sequence) <= set("ACGU")} == {"b", "c", "glued", "d"}
    assert found["short"].startswith("its quality has 70 characters and its sequence 72")
    assert found["bare"] == "its quality is missing in the FASTQ file"


def test_fastq_and_fasta_in_one_text():
    assert read(f"@a\n{A}\n+\n{'I' * 72}\n>b\n{C}\n@c\n{B}\n+\n{'I' * 72}") == [*NAMED, ("c", B)]


# --- lists


@pytest.mark.parametrize(
    "text",
    [
        f"{A}\n{C}",
        f"{A}\n\n{C}\n",
        f'"{A}"\n"{C}"',
        f"sequence\n{A}\n{C}",
        f"# comment\n{A}\n; comment\n{C}",
        f"\ufeff{A}\n\ufeff{C}",
        f"{A[:10]} {A[10:20]} {A[20:30]} {A[30:40]} {A[40:50]} {A[50:60]} {A[60:70]} {A[70:]}\n{C}",
        f"5'-{A}-3'\n5' {C} 3'",
    ],
)
def test_a_list(text):
    assert read(text) == NUMBERED


@pytest.mark.parametrize(
    "names", [("a", "b"), ("1", "2"), ("WT", "MUT"), ("ACG", "UGCA"), ("N", "y"), ("my a", "my b")]
)
@pytest.mark.parametrize("between", ["\t", ",", ";", "|", " ", "   ", ", ", " \t "])
def test_names_are_names_whatever_their_letters(names, between):
    assert read("".join(f"{name}{between}{one}\n" for name, one in zip(names, (A, C)))) == list(zip(names, (A, C)))


def test_names_with_a_colon_and_marks_of_the_ends():
    assert read(f"mir 9: {A}\nmir-10 = {C}\n") == [("mir 9", A), ("mir-10", C)]
    assert read(f"a 5'-{A}-3'\nb 5' {C} 3'\n") == NAMED


@pytest.mark.parametrize("between", ["\t", ",", " "])
def test_the_sequence_may_stand_first(between):
    assert read(f"{A}{between}mir-1\n{C}{between}mir-2\n") == [("mir-1", A), ("mir-2", C)]


@pytest.mark.parametrize(
    "line",
    [f"ACGUACGUACG {A}", f"{A[:60]} {A[60:]}", f"{A} {C}", f"{A} UAG", f"{A[:11]} {A[11:20]} {A[20:]}"],
)
def test_a_line_that_can_be_read_in_two_ways_is_refused(line):
    (_, why), other = read(f"{line}\n{C}\n")
    assert why.startswith("it is not clear which words") and other[1] == C


def test_names_of_bases_beside_sequences_in_blocks():
    assert read(f"mir-9 {D[:10]} {D[10:20]} {D[20:30]} {D[30:40]} {D[40:]}") == [("mir-9", D)]


@pytest.mark.parametrize(
    "lines",
    [
        [A[:60], A[60:]],
        [C[:50], C[50:]],
        [A[:36], A[36:]],
        [A[:40], A[40:]],
        [C[:60], C[60:], A[:60], A[60:]],
        [A[:70], A[70:]],
        [A[:60], "I" + A[60:]],
        [C[:60], C[:60], A[:41]],
    ],
)
def test_one_sequence_over_several_lines_is_not_taken_for_several(lines):
    found = read("\n".join(lines))
    assert len(found) == len(lines)
    assert all(why.startswith("it may be one sequence over") for _, why in found)
    # With a header it is one; and another list is not lost.
    assert [record.sequence for record in read_records(">a\n" + "\n".join(lines))] == ["".join(lines)]
    assert read("\n".join([*lines, "", A]))[-1][1] == A


@pytest.mark.parametrize("lines", [[A, MATURE], [A, B], [C, A], [A, C], [A, C, "ACGU"], [C, MATURE, A]])
def test_a_list_of_several_sequences_is_one(lines):
    found = [sequence for _, sequence in read("\n".join(lines))]
    assert [one for one in found if set(one) <= set("ACGU")] == [one for one in lines if len(one) > 34]


# --- tables


@pytest.mark.parametrize(
    "text",
    [
        f"name\tsequence\na\t{A}\nb\t{C}",
        f"Sequence (5'->3');ID\n{A};a\n{C};b",
        f'"name","sequence","note"\n"a","{A}","x ""y"", z"\n"b","{C}",""',
        f"a\t{A}\t72\nb\t{C}\t80",
        f"1,a,{A}\n2,b,{C}",
        f",name,sequence\n0,a,{A}\n1,b,{C}",
        f'"name"\t"sequence"\n"1"\t"a"\t"{A}"\n"2"\t"b"\t"{C}"',
        f'"name" "sequence"\n"1" "a" "{A}"\n"2" "b" "{C}"',
        f"mirna\thairpin\tmature\na\t{A}\t{MATURE}\nb\t{C}\t{MATURE}",
        f"mature_sequence,hairpin_sequence,mirna_id\n{A},{A},a\n{A},{C},b",
        f"name,sequence,context\na,{A},{B}\nb,{C},{A}",
        f"sep=;\nname;sequence\na;{A}\nb;{C}",
        f"name  sequence\na     {A}\nb     {C}",
        f"# made by hand\nname|seq\na|{A}\n\nb|{C}\n",
        f"| name | sequence |\n|---|:---:|\n| a | {A} |\n| b | {C} |",
        f'name,sequence,note\na,{A},"x; y"\nb,{C},"y; z"',
        f"a\t5'-{A}-3'\nb\t{C[:20]} {C[20:40]} {C[40:60]} {C[60:]}",
    ],
)
def test_tables(text):
    assert read(text) == NAMED


def test_names_in_tables_are_whole_and_may_be_missing():
    assert read(f'"a, b",{A}\n,{C}\nc.12A>G,{B}') == [("a, b", A), ("sequence_2", C), ("c.12A>G", B)]
    assert read(f"{A},\n{C},\n") == NUMBERED


def test_words_beside_the_bases_of_a_cell_are_names():
    assert read(f"mir-1, WT {A}\nmir-1, MUTANT {B}\n") == [("mir-1 WT", A), ("mir-1 MUTANT", B)]
    (name, why), other = read(f"a\tACGUACGUACG {A}\nb\t{C}\n")
    assert name == "a" and why.startswith("it is not clear which words") and other == ("b", C)


def test_a_bad_line_of_a_table_costs_no_other():
    text = f'name,sequence\na,{A}\nb,\nc\n{C}\nd,{PROTEIN}\n"e,{A}\nf,{MATURE}\ng,{B}'
    found = read(text)
    assert [name for name, _ in found] == ["a", "b", "c", "sequence_4", "d", "sequence_6", "f", "g"]
    assert [one for _, one in found if set(one) <= set("ACGU")] == [A, C, B]
    assert found[1][1] == found[2][1] == "no bases" and "protein?" in found[4][1]
    assert found[5][1] == "a quotation mark of its line is not closed"


def test_a_table_of_protein_is_refused_line_by_line():
    assert [name for name, _ in read(f"name\tsequence\np\t{PROTEIN}\nq\t{PROTEIN}")] == ["p", "q"]
    assert [name for name, _ in read(f"p\t{PROTEIN}\nq\t{PROTEIN}")] == ["p", "q"]


@pytest.mark.parametrize("text", [f"a\t{A}\t{C}\nb\t{C}\t{A}", f"x,first,second\na,{A},{C}", f"{A},{B},{C}"])
def test_two_columns_of_sequences_are_not_guessed(text):
    with pytest.raises(InputError, match="of the table all hold sequences") as caught:
        read_records(text)
    assert "'sequence'" in caught.value.hint and A not in str(caught.value)


def test_a_table_without_sequences_is_named():
    with pytest.raises(InputError, match="No column of the table holds sequences"):
        read_records("RNA_ID\tSymbol\tPlace\nX1\thsa-mir-1\tNucleus\nX2\thsa-mir-2\tExosome\n")


def test_prose_with_a_sequence_in_it_loses_none():
    assert ("sequence_3", A) in read(f"Dear all, here is\nwhat you asked, by mail\n{A}\n")


# --- other formats


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"LOCUS       X1 72 bp RNA\nORIGIN\n        1 {A}\n//", "GenBank"),
        (f"ID   X1; RNA; 72 BP.\nXX\nSQ   Sequence\n     {A}\n//", "EMBL"),
        (f"# STOCKHOLM 1.0\n\na {A}\n//", "Stockholm"),
        (f"CLUSTAL O(1.2.4) multiple sequence alignment\n\na {A}", "Clustal"),
        (f"MUSCLE (3.8) multiple sequence alignment\n\na {A}", "Clustal"),
        (f"#NEXUS\nbegin data;\na {A}", "NEXUS"),
        (f" 2 72\na         {A}\nb         {B}", "PHYLIP"),
        ("##gff-version 3\nchr1\t.\tmiRNA\t1\t72\t.\t+\t.\tID=a", "GFF"),
        ('chr1\tx\texon\t1\t72\t.\t+\t.\tgene_id "a";', "GTF"),
        ("##fileformat=VCFv4.2\n#CHROM\tPOS", "VCF"),
        (f"@SQ\tSN:chr1\tLN:100\na\t0\tchr1\t1\t60\t72M\t*\t0\t0\t{A}\t*", "SAM"),
        (f"a\t0\tchr1\t1\t60\t72M\t*\t0\t0\t{A}\t*", "SAM"),
        ("chr1\t100\t172\thsa-mir-1\t0\t+", "BED"),
        ("track name=x\nchr1\t100\t172", "BED"),
        ("{\\rtf1\\ansi >a\\\n" + A, "RTF"),
        (f"<!DOCTYPE html>\n<html><pre>>a\n{A}", "HTML"),
        (f"<html>\n{A}", "HTML"),
        ('<?xml version="1.0"?>\n<a/>', "XML"),
        (f'{{"a": "{A}"}}', "JSON"),
        (f'[\n  "{A}"\n]', "JSON"),
        (f'[{{"name": "a", "sequence": "{A}"}}]', "JSON"),
        (f"        1 {A[:10]} {A[10:20]} {A[20:30]}\n       61 {A[60:70]}", "GenBank or EMBL"),
    ],
)
def test_other_formats_are_refused_by_name(text, name):
    for start in ("", "\n\n", "\ufeff"):
        with pytest.raises(InputError, match=name) as caught:
            read_records(start + text)
        assert caught.value.hint and A not in str(caught.value)


PIECES = [
    A,
    A[:60],
    A[:30],
    MATURE,
    PROTEIN,
    ">",
    "@",
    "+",
    "a",
    "WT",
    "ACG",
    "mir-1",
    "\t",
    ",",
    ";",
    "|",
    " ",
    "\n",
    "\n\n",
]
PIECES += [
    '"',
    "5'-",
    "-3'",
    "((((....))))",
    " (-3.0)",
    "1",
    "61",
    "\ufeff",
    "\u200b",
    "//",
    "#",
    "name",
    "sequence",
    "\r",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_any_text_gives_records_with_names_or_one_message(text):
    try:
        records = read_records(text)
    except InputError as error:
        assert error.what and error.hint
        return
    assert records and all(record.name for record in records)
    for cleaned in map(clean_record, records):
        assert set(cleaned.sequence) <= set("ACGUN") and (cleaned.sequence or cleaned.remarks)


def test_a_sequence_of_many_lines_is_read():
    (record,) = read_records(">chromosome\n" + "ACGU\n" * 50_000)
    assert len(record.sequence) == 200_000
