"""What becomes of a sequence before it is predicted, treatment by treatment."""

import pytest

from mmlmirloc.predicting.cleaning import clean

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


@pytest.mark.parametrize(("letter", "told"), [("1", "1"), ("\ufffd", "\ufffd"), (">", ">"), ("*", "*")])
def test_other_letters_within_are_refused(letter, told):
    assert refusal(RNA[:9] + letter + RNA[9:]) == f"refused: letters that no nucleotide has ({told}); protein?"


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
