"""The arms view: recorded arms found by their sequence, predicted ones beside the loop of a fold, words and motifs."""

import numpy as np
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.views import arms
from mmlmirloc.views.arms import MOTIFS, by_length, found_arms, predicted_arms, share
from mmlmirloc.views.structural import fold

# Thirty pairs around four bases. Predicted arms end two pairs below the loop: bases 7 to 28 and 37 to 58.
FIVE = "GGCACUGAGCUUGACCGGAGUAUCCUAGUG"
HAIRPIN = FIVE + "GAAA" + FIVE[::-1].translate(str.maketrans("ACGU", "UGCA"))
PREDICTED, RECORDED = {"annotation": False}, {"annotation": True}


def write_mature(path, *entries):
    path.write_text("".join(f">{name} MIMAT{number:07d} x\n{arm}\n" for number, (name, arm) in enumerate(entries, 1)))
    return {"mature": str(path)}


def named(sequence, settings, sources):
    return dict(
        zip(
            arms.View(settings).names(),
            arms.View(settings).compute([sequence], sources).values[0].tolist(),
            strict=True,
        )
    )


def test_predicted_arms_of_a_hairpin_by_hand():
    assert fold(HAIRPIN).loop == (30, 33)
    assert predicted_arms(HAIRPIN) == [(6, 28), (36, 58)]


@pytest.mark.parametrize(
    ("sequence", "places"),
    [
        # Five pairs around four bases: no 22 bases on either side.
        ("GGGGGAAAACCCCC", [(0, 3), (11, 14)]),
        # No pair: around the middle, base 6.
        ("AAAAAAAAAA", [(0, 3), (8, 10)]),
        ("AC", [(0, 0), (2, 2)]),
    ],
)
def test_predicted_arms_of_a_short_sequence(sequence, places):
    assert predicted_arms(sequence) == places


def test_predicted_columns_by_hand():
    row = named(HAIRPIN, PREDICTED, {})
    five, three = HAIRPIN[6:28], HAIRPIN[36:58]
    assert five == "GAGCUUGACCGGAGUAUCCUAG" and three == "CUAGGAUACUCCGGUCAAGCUC"
    assert [row[f"{what} of the {side} arm"] for side in ("5p", "3p") for what in ("length",)] == [22, 22]
    assert [row[f"start from its end of the hairpin of the {side} arm"] for side in ("5p", "3p")] == [6, 6]
    # Of 22 bases and 21 pairs.
    expected = {"A in the 5p": 5 / 22, "G in the 5p": 7 / 22, "AG in the 5p": 3 / 21, "C in the 3p": 7 / 22}
    expected |= {"CU in the 3p": 3 / 21, "AA in the 3p": 1 / 21, "AA in the 5p": 0}
    assert {name: row[f"share of {name} arm"] for name in expected} == pytest.approx(expected)
    assert [row[f"first base of the {side} arm is {base}"] for side in ("5p", "3p") for base in "ACGU"] == [
        *(0, 0, 1, 0),
        *(0, 1, 0, 0),
    ]
    # GGAG stands in the 5p arm.
    assert [row[f"motif {motif} in an arm"] for motif in MOTIFS] == [1, 0, 0, 0, 0]


def test_recorded_arms_are_found_by_sequence_not_by_name(tmp_path):
    # The names are of other miRNAs and of the other arm; another species' arm is not looked for.
    sources = write_mature(
        tmp_path / "mature.fa",
        ("hsa-miR-9-3p", HAIRPIN[2:23]),
        ("hsa-miR-8", HAIRPIN[2:22]),
        ("mmu-miR-1-3p", HAIRPIN[40:62]),
        ("hsa-miR-7", "CCCCCCCCCCCCCCCC"),
    )
    row = named(HAIRPIN, RECORDED, sources)
    assert [row[name] for name in arms.View(RECORDED).names()[:3]] == [1, 1, 0]
    # The longer of the two; the 3p arm is the predicted one.
    geometry = ["length of the {} arm", "start from its end of the hairpin of the {} arm"]
    assert [row[text.format(side)] for side in ("5p", "3p") for text in geometry] == [21, 2, 22, 6]
    assert row["first base of the 5p arm is C"] == 1


def test_the_side_of_an_arm_is_that_of_its_middle():
    sequence = "A" * 10 + "C" * 10
    # Middles at 9.5 and 10 of 20 bases.
    assert found_arms(sequence, by_length(["AAAAACCCC"])) == {"5p": (5, 14), "3p": None}
    assert found_arms(sequence, by_length(["AAAAACCCCC"])) == {"5p": None, "3p": (5, 15)}
    assert found_arms(sequence, by_length(["GG"])) == {"5p": None, "3p": None}


def searched(sequence, recorded):
    """As found_arms answers, by looking for each arm."""
    found = dict.fromkeys(("5p", "3p"))
    for arm in recorded:
        start = sequence.find(arm)
        side = ("5p", "3p")[start + len(arm) / 2 >= len(sequence) / 2]
        if start >= 0 and (found[side] is None or len(arm) > found[side][1] - found[side][0]):
            found[side] = start, start + len(arm)
    return found


def test_looking_words_up_finds_what_looking_for_each_arm_finds():
    """Short arms of two letters, which stand in several places and tie."""
    generator = np.random.default_rng(1)
    for _ in range(200):
        letters = [
            "".join(generator.choice(list("AC"), size=size)) for size in (25, *generator.integers(1, 9, size=12))
        ]
        assert found_arms(letters[0], by_length(letters[1:])) == searched(letters[0], letters[1:])


def test_without_annotation_the_mature_file_is_never_opened(tmp_path):
    missing = {"mature": str(tmp_path / "nowhere.fa")}
    with pytest.raises(InputError, match="A source file is missing") as caught:
        named(HAIRPIN, RECORDED, missing)
    assert caught.value.where == missing["mature"]
    assert arms.View(PREDICTED).compute([HAIRPIN], missing).values.any()


@pytest.mark.parametrize(
    ("arm", "word", "expected"), [("AAAA", "AA", 1), ("AACAA", "AA", 0.5), ("A", "AA", 0), ("", "A", 0)]
)
def test_share_of_a_word_by_hand(arm, word, expected):
    assert share(arm, word) == expected


@pytest.mark.parametrize("motif", MOTIFS)
def test_each_motif_is_found_in_either_arm(tmp_path, motif):
    for place in (5, 45):
        sequence = "A" * place + motif + "A" * (70 - place - len(motif))
        sources = write_mature(tmp_path / f"{place}.fa", ("hsa-miR-1", sequence[place - 3 : place + 15]))
        row = named(sequence, RECORDED, sources)
        # GGAG is part of CGGGAG.
        inside = [float(other in motif) for other in MOTIFS]
        assert [row[f"motif {other} in an arm"] for other in MOTIFS] == inside


@pytest.mark.parametrize("settings", [PREDICTED, RECORDED])
def test_columns_are_named_and_rows_do_not_touch(tmp_path, settings):
    sources = write_mature(tmp_path / "mature.fa", ("hsa-miR-1-5p", HAIRPIN[2:24]))
    together = arms.View(settings).compute(["ACGN", HAIRPIN], sources).values
    assert len(set(arms.View(settings).names())) == len(arms.View(settings).names()) == together.shape[1]
    assert together.shape[1] == 4 + 2 * 20 + 2 * 4 + 5 + 3 * settings["annotation"] and together.dtype == np.float32
    alone = [arms.View(settings).compute([sequence], sources).values for sequence in ("ACGN", HAIRPIN)]
    assert together.tobytes() == np.concatenate(alone).tobytes()
    assert arms.View(settings).compute([], sources).values.shape == (0, together.shape[1])
