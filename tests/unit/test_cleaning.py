"""What becomes of a sequence before it is predicted, treatment by treatment."""

import pytest

from mmlmirloc.predicting.cleaning import Record, clean, clean_record, looks_like_bases

# 40 bases, none of them ambiguous.
RNA = "GGCUACGAUUCGAUCCAGUA" * 2
GAPS = "gaps, spaces or a final * removed"


def refusal(sequence):
    """Return the one remark of a refused sequence."""
    cleaned = clean(sequence)
    assert cleaned.sequence == ""
    (remark,) = cleaned.remarks
    return remark


def test_a_plain_hairpin_is_left_alone():
    assert clean(RNA) == (RNA, ())


def test_lower_case_is_no_other_sequence():
    assert clean(RNA.lower()) == (RNA, ())
    assert clean(RNA[:20].lower() + RNA[20:]) == (RNA, ())


def test_dna_is_read_as_rna():
    assert clean(RNA.replace("U", "T")) == (RNA, ("DNA letters read as RNA",))
    assert clean(RNA.replace("U", "T").lower()) == (RNA, ("DNA letters read as RNA",))
    assert clean(RNA.replace("U", "T", 1)) == (RNA, ("DNA letters read as RNA, which has U beside T",))


@pytest.mark.parametrize(
    "sequence",
    ["-".join(RNA), RNA[:7] + ".." + RNA[7:], RNA[:7] + " \t~" + RNA[7:], RNA + "*", f"--{RNA}--"],
)
def test_gaps_spaces_and_a_final_star_are_removed(sequence):
    assert clean(sequence) == (RNA, (GAPS,))


def test_white_space_around_is_no_remark():
    assert clean(f" {RNA}\r\n") == (RNA, ())


@pytest.mark.parametrize("code", "RYSWKMBDHVN")
def test_iupac_codes_become_unknown(code):
    expected = RNA[:5] + "N" + RNA[6:]
    for letter in (code, code.lower()):
        assert clean(RNA[:5] + letter + RNA[6:]) == (expected, ("1 ambiguous bases read as unknown",))


def test_a_tenth_of_unknown_bases_is_the_most():
    assert clean(RNA[:36] + "NRYN") == (RNA[:36] + "NNNN", ("4 ambiguous bases read as unknown",))
    assert refusal(RNA[:35] + "NRYNN") == "refused: 5 of 40 bases are not known"


def test_remarks_add_up():
    cleaned = clean(RNA[:20].replace("U", "T") + "-" + RNA[20:39].replace("U", "T") + "N*")
    assert cleaned.sequence == RNA[:39] + "N"
    assert cleaned.remarks == (GAPS, "DNA letters read as RNA", "1 ambiguous bases read as unknown")


def test_protein_is_refused_with_its_letters():
    remark = refusal("MKVLAAGIFEPQLSTNDERHCWYMKVLAAGIFEPQLSTNDE")
    assert remark == "refused: letters that no nucleotide has (E F I L P); protein?"
    # These letters are all nucleotide codes: too few of them are bases.
    assert refusal("MKVSTMKVST" * 4) == "refused: 32 of 40 bases are not known"


@pytest.mark.parametrize("name", ["hsa-mir-21", "hsa-miR-21-5p", "let-7a", "MI0000077", "MIMAT0000076", "MIR21"])
def test_a_name_is_told_from_a_sequence(name):
    assert refusal(f" {name}\n") == f"refused: {name} is a name, no sequence; mmlmirloc lookup answers for names"
    # A name without a space before its sequence is neither.
    assert refusal(name + RNA).startswith("refused: letters that no nucleotide has")


@pytest.mark.parametrize(
    ("letter", "told"),
    [
        ("I", "letters that no nucleotide has (I)"),
        ("1", "characters that are no bases (1)"),
        (">", "characters that are no bases (>)"),
        ("*", "characters that are no bases (*)"),
        ("\ufffd", "characters that are no bases (U+FFFD REPLACEMENT CHARACTER)"),
        ("\u200b", "characters that are no bases (U+200B ZERO WIDTH SPACE)"),
        ("\u00ad", "characters that are no bases (U+00AD SOFT HYPHEN)"),
        ("\u2013", "characters that are no bases (U+2013 EN DASH)"),
        ("\ufeff", "characters that are no bases (U+FEFF ZERO WIDTH NO-BREAK SPACE)"),
        ("\u0410", "characters that are no bases (U+0410 CYRILLIC CAPITAL LETTER A)"),
        ("\uff41", "characters that are no bases (U+FF41 FULLWIDTH LATIN SMALL LETTER A)"),
        ("\u00b5", "characters that are no bases (U+00B5 MICRO SIGN)"),
        ("\x1b", "characters that are no bases (U+001B a control character)"),
        ("I\u200e", "letters that no nucleotide has (I) and characters that are no bases (U+200E LEFT-TO-RIGHT MARK)"),
    ],
)
def test_other_characters_within_are_refused_by_name(letter, told):
    assert refusal(RNA[:9] + letter + RNA[9:].lower()) == f"refused: {told}"


@pytest.mark.parametrize(
    "given",
    ["5'-{}-3'", "5\u2032-{}-3\u2032", "5' {} 3'", "5`{}3`", "5\u2019\u2013{}\u20133\u2019", " 5'-{}", "{}-3'\n"],
)
def test_marks_of_the_ends_are_removed_with_a_remark(given):
    assert clean(given.format(RNA)) == (RNA, ("marks of the 5' and 3' ends removed",))


def test_a_sequence_from_3_to_5_is_refused():
    assert refusal(f"3'-{RNA}-5'") == "refused: written from 3' to 5'; give it from 5' to 3'"


@pytest.mark.parametrize(
    "given", [f"1 {RNA}", f"{RNA} 40", f"1 {RNA[:20]}21 {RNA[20:]}", f"{RNA[:20]} 20\n{RNA[20:]} 40"]
)
def test_position_numbers_are_removed_with_a_remark(given):
    cleaned = clean(given)
    assert cleaned.sequence == RNA and cleaned.remarks[0] == "position numbers removed"


@pytest.mark.parametrize("given", [f"2{RNA}", f"{RNA[:20]}21{RNA[20:]}", f"1 {RNA[:20]}22 {RNA[20:]}", f"{RNA} 72"])
def test_other_numbers_are_refused(given):
    assert refusal(given).startswith("refused: characters that are no bases (")


def test_what_reading_found_comes_before_the_letters():
    assert clean_record(("a", RNA)) == (RNA, ())
    assert clean_record(Record("a", f"{RNA}-", ("told",))) == (RNA, (GAPS, "told"))
    assert clean_record(Record("a", RNA, ("told",), "why")) == ("", ("refused: why",))
    assert clean_record(Record("a", "", ("told",))) == ("", ("refused: no bases",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (RNA, True),
        (f"5'-{RNA}-3'", True),
        (f"{RNA[:10]}..{RNA[10:]}*", True),
        ("ACGUNNRACGU", True),
        # Letters that all stand for bases, and few of them for one.
        ("BRAHMSVADDY", False),
        ("hsa-mir-21", False),
        ("ACGU", False),
        ("", False),
    ],
)
def test_what_looks_like_bases(text, expected):
    assert looks_like_bases(text) is expected


@pytest.mark.parametrize("nothing", ["", "  \n", "---", "*"])
def test_no_bases_are_refused(nothing):
    assert refusal(nothing) == "refused: no bases"


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (5, "refused: 5 bases; a hairpin of at least 35 is expected"),
        (14, "refused: 14 bases; a hairpin of at least 35 is expected"),
        (15, "refused: 15 bases, as a mature miRNA has; give its hairpin (precursor)"),
        (22, "refused: 22 bases, as a mature miRNA has; give its hairpin (precursor)"),
        (30, "refused: 30 bases, as a mature miRNA has; give its hairpin (precursor)"),
        (31, "refused: 31 bases; a hairpin of at least 35 is expected"),
        (34, "refused: 34 bases; a hairpin of at least 35 is expected"),
        (1001, "refused: 1001 bases; a hairpin of at most 1000 is expected"),
        (10_000, "refused: 10000 bases; a hairpin of at most 1000 is expected"),
    ],
)
def test_lengths_that_are_refused(length, expected):
    assert refusal((RNA * 250)[:length]) == expected


@pytest.mark.parametrize("length", [35, 1000])
def test_lengths_that_are_not(length):
    sequence = (RNA * 25)[:length]
    assert clean(sequence) == (sequence, ())


def test_a_length_is_that_without_gaps():
    assert refusal("-" * 20 + RNA[:22] + "-" * 20).startswith("refused: 22 bases, as a mature miRNA has")
