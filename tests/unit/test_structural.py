"""The structural view: a fold with pairs and probabilities given by hand, and ViennaRNA's folds of plain hairpins."""

import numpy as np
import pytest

from mmlmirloc.views import structural
from mmlmirloc.views.structural import SCALARS, THERMAL, Fold, describe, fold

# Two bases before and three after the stem; a bulge of one base, an internal loop of two bases and one, a G-U pair and
# a terminal loop of four bases. In all 10 A, 5 C, 4 G and 2 U.
SEQUENCE = "AAGCAGAAUCGAAACUGCACA"
BRACKETS = "..((.(..(....).)))..."
# A perfect stem of five pairs around four bases.
HAIRPIN = "GGGGGAAAACCCCC"


def by_hand(sequence, brackets, paired=None, **numbers):
    """Return a fold with the pairs of ``brackets``."""
    partner, opened = np.full(len(sequence), -1), []
    for place, mark in enumerate(brackets):
        if mark == "(":
            opened.append(place)
        elif mark == ")":
            partner[place] = opened.pop()
            partner[partner[place]] = place
    paired = np.zeros(len(sequence)) if paired is None else paired
    numbers = {"energy": 0, "ensemble": 0, "entropy": 0, "diversity": 0} | numbers
    return Fold(sequence, partner, paired=paired, **numbers)


def named(folded):
    return dict(zip(structural.View({}).names(), describe(folded), strict=True))


def test_the_stem_by_hand():
    folded = by_hand(SEQUENCE, BRACKETS)
    assert folded.stem == [(2, 17), (3, 16), (5, 15), (8, 13)]
    assert folded.loop == (9, 12) and folded.hairpin_loops == 1


def test_scalars_by_hand():
    paired = np.zeros(21)
    paired[[2, 17]] = 1.05
    # The ensemble weighs twice as much as the best fold.
    folded = by_hand(
        SEQUENCE, BRACKETS, paired, energy=-4.2, ensemble=-4.2 - THERMAL * np.log(2), entropy=4.2, diversity=2.1
    )
    ours = named(folded)
    assert {name: ours[name] for name in SCALARS} == pytest.approx(
        {
            "length": 21,
            "minimum free energy": -4.2,
            "minimum free energy per base": -0.2,
            "ensemble free energy per base": -0.2 - 0.61632 * 0.693147 / 21,
            # Nine of 21 are G or C.
            "minimum free energy per share of G and C": -0.2 * 21 / 9,
            "share of the ensemble with the best fold": 0.5,
            "ensemble diversity": 2.1,
            "ensemble diversity per base": 0.1,
            "entropy of pairs per base": 0.2,
            "mean pairing probability": 0.1,
            "pairs of the stem": 4,
            "bases of the terminal loop": 4,
            "hairpin loops": 1,
            "bulges of the stem": 1,
            "symmetric internal loops": 0,
            "asymmetric internal loops": 1,
            "largest internal loop or bulge": 2,
            # One in the bulge, and two less one in the internal loop.
            "more unpaired bases in the 5p arm than in the 3p arm": 2,
            "share of G-U pairs in the stem": 0.25,
            "share of G-C pairs in the stem": 0.5,
            "unpaired bases before the stem": 2,
            "unpaired bases after the stem": 3,
            "place of the terminal loop": 10.5 / 21,
            "share of G and C": 9 / 21,
        },
        abs=1e-6,
    )


@pytest.mark.parametrize(
    ("brackets", "bulges", "symmetric", "asymmetric", "more"),
    [
        ("(((((....)))))", 0, 0, 0, 0),
        # A bulge of two in the 3p arm.
        ("(((((...)..))))", 1, 0, 0, -2),
        # Two bases on either side.
        ("((..((....))..))", 0, 1, 0, 0),
        # One against three, and a bulge in the 5p arm.
        ("(.((.(....)...)))", 1, 0, 1, -1),
    ],
)
def test_kinds_of_loops(brackets, bulges, symmetric, asymmetric, more):
    ours = named(by_hand("A" * len(brackets), brackets))
    assert ours["bulges of the stem"] == bulges
    assert ours["symmetric internal loops"] == symmetric and ours["asymmetric internal loops"] == asymmetric
    assert ours["more unpaired bases in the 5p arm than in the 3p arm"] == more


def test_the_terminal_loop_is_that_of_the_longest_stem():
    folded = by_hand("A" * 23, "((....))...((((....))))")
    assert folded.hairpin_loops == 2
    assert folded.stem == [(11, 22), (12, 21), (13, 20), (14, 19)] and folded.loop == (15, 18)
    assert named(folded)["unpaired bases before the stem"] == 11


def test_composition_by_hand():
    # The middle of the loop is base 10: AAGCAGAAUC and GAAACUGCACA.
    ours = named(by_hand(SEQUENCE, BRACKETS))
    shares = [[ours[f"share of {base} in the {half} half"] for base in "ACGU"] for half in ("5p", "3p")]
    assert shares == [[0.5, 0.2, 0.2, 0.1], pytest.approx([5 / 11, 3 / 11, 2 / 11, 1 / 11])]


def test_windows_of_pairing_probability_by_hand():
    paired = np.zeros(21)
    # Towards the 5' end from base 8 on, and towards the 3' end from base 13 on; the loop's own do not count.
    paired[[8, 7, 6, 5]], paired[[4, 1]], paired[0] = [0.8, 0.1, 0.1, 0.6], [0.3, 0.5], 0.4
    paired[[13, 16]], paired[[17, 20]], paired[9:13] = [1.0, 0.5], [0.2, 0.4], 0.9
    ours = named(by_hand(SEQUENCE, BRACKETS, paired))
    arms = [
        [value for name, value in ours.items() if name.startswith("pairing") and arm in name] for arm in ("5p", "3p")
    ]
    # The third window of the 5p arm has one base, and the others count as unpaired.
    assert arms[0] == pytest.approx([0.4, 0.2, 0.1, 0, 0, 0, 0, 0, 0])
    assert arms[1] == pytest.approx([0.375, 0.15, 0, 0, 0, 0, 0, 0, 0])


def test_viennas_fold_of_a_perfect_hairpin():
    folded = fold(HAIRPIN)
    assert folded.partner.tolist() == [13, 12, 11, 10, 9, -1, -1, -1, -1, 4, 3, 2, 1, 0]
    # Four stacks of G-C on G-C of -3.3, a loop of four of 5.6 and its mismatch of A and A on G-C of -1.1.
    assert folded.energy == pytest.approx(-8.7, abs=1e-4)
    ours = named(folded)
    assert folded.ensemble < folded.energy and 0.5 < ours["share of the ensemble with the best fold"] < 1
    assert ours["share of G-C pairs in the stem"] == 1 and ours["pairs of the stem"] == 5
    # A base pairs with one other at a time, and hardly otherwise than in the best fold.
    assert (folded.paired <= 1 + 1e-6).all() and (folded.paired[5:9] < 0.01).all()
    assert (folded.paired[[0, 1, 2, 3, 4, 9, 10, 11, 12, 13]] > 0.8).all()


def test_a_bulge_is_found_by_the_fold():
    # The hairpin with AA after the sixth G of its 5p arm.
    folded = fold("GGGGGGAAGGGGGGAAAACCCCCCCCCCCC")
    assert folded.stem == [(place, 29 - place + 2 * (place > 5)) for place in range(14) if place not in (6, 7)]
    ours = named(folded)
    assert ours["bulges of the stem"] == 1 and ours["largest internal loop or bulge"] == 2
    assert ours["more unpaired bases in the 5p arm than in the 3p arm"] == 2


@pytest.mark.parametrize("sequence", ["A", "ACG", "AAAAAAAAAA", "NNNNNNNN"])
def test_a_sequence_without_pairs(sequence):
    ours = named(fold(sequence))
    assert ours.pop("length") == len(sequence)
    middle = len(sequence) // 2
    assert ours.pop("place of the terminal loop") == middle / len(sequence)
    assert ours.pop("share of the ensemble with the best fold") == 1
    # All of it is before the middle or after it; there is no stem, no loop and no energy.
    counted = {name: value for name, value in ours.items() if not name.startswith("share of")}
    assert set(counted.values()) == {0}
    assert ours["share of G-C pairs in the stem"] == ours["share of G-U pairs in the stem"] == 0


def test_a_letter_n_pairs_with_nothing():
    folded = fold(HAIRPIN.replace("AAAA", "ANNA"))
    assert folded.stem == fold(HAIRPIN).stem
    broken = fold("GGNGGAAAACCCCC")
    assert broken.partner[2] == -1 and broken.paired[2] == 0


def test_columns_are_named_and_finite():
    features = structural.View({}).compute([SEQUENCE, HAIRPIN, "ACG", "N"])
    assert features.values.shape == (4, len(structural.View({}).names())) and features.values.dtype == np.float32
    assert len(set(structural.View({}).names())) == len(structural.View({}).names()) == 24 + 8 + 18
    assert np.isfinite(features.values).all() and features.lengths is None
    assert structural.View({}).compute([]).values.shape == (0, 50)


def test_a_row_does_not_depend_on_the_other_rows():
    alone = [structural.View({}).compute([sequence]).values for sequence in (HAIRPIN, SEQUENCE)]
    fold.cache_clear()
    together = structural.View({}).compute([SEQUENCE * 9, SEQUENCE, "A", HAIRPIN]).values
    assert together[[3, 1]].tobytes() == np.concatenate(alone).tobytes()
