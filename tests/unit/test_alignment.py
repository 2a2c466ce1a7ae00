"""Alignment of many pairs at once gives what Biopython's aligner gives pair by pair."""

import numpy as np
import pytest
from Bio.Align import PairwiseAligner

from mmlmirloc.data import alignment
from mmlmirloc.data.alignment import best_scores, pairs_from

LETTERS = np.array(list("ACGU"))


@pytest.fixture(scope="module")
def aligner():
    found = PairwiseAligner(mode="local", match_score=2, mismatch_score=-3, open_gap_score=-7, extend_gap_score=-2)
    found.wildcard = "N"
    return found


def mutated(sequence, generator):
    """Replace, insert and cut letters, more in one sequence than in another; now and then an ambiguous letter."""
    rate, letters = generator.choice([0.02, 0.1, 0.3]), []
    for letter in sequence:
        chance = generator.random() / rate
        if chance > 0.2:
            letters.append(
                letter if chance > 1 else str(generator.choice([*LETTERS, "N", "R"], p=[0.24] * 4 + [0.02] * 2))
            )
        if chance < 0.1:
            letters.extend(generator.choice(LETTERS, size=generator.integers(1, 6)))
    return "".join(letters)


def families(seed, founders=6, members=8):
    """Hairpins of 30 to 150 bases and their mutated copies, in random order."""
    generator = np.random.default_rng(seed)
    found = ["".join(generator.choice(LETTERS, size=generator.integers(30, 150))) for _ in range(founders)]
    found += [mutated(found[number % founders], generator) for number in range(founders * members)]
    return [found[place] for place in generator.permutation(len(found))]


@pytest.mark.parametrize("seed", range(4))
def test_scores_are_those_of_biopython(aligner, seed):
    ones, others = families(seed)[:30], families(seed)[20:]
    expected = np.array([[aligner.score(one, other) for other in others] for one in ones])
    found = best_scores(ones, others)
    held = expected <= 100
    assert (found[held] == expected[held]).all()
    assert (found[~held] > 100).all()
    # Of every kind there are some: unrelated, near the score of a hit, and beyond a byte.
    assert {0, 1, 2} == set(np.digitize(expected.ravel(), [30, 101]).tolist())


@pytest.mark.parametrize(("seed", "block"), [(0, 5), (1, 32), (2, 100), (3, 32)])
def test_pairs_are_those_of_all_pairs(aligner, monkeypatch, seed, block):
    monkeypatch.setattr(alignment, "BLOCK", block)
    sequences = families(seed)
    pairs = [(i, j) for i in range(len(sequences)) for j in range(i + 1, len(sequences))]
    expected = [(i, j) for i, j in pairs if aligner.score(sequences[i], sequences[j]) >= 36]
    assert 0 < len(expected) < len(pairs)
    assert pairs_from(sequences, 36) == expected


@pytest.mark.parametrize(
    ("one", "other", "score"),
    [
        ("", "ACGU", 0),
        ("", "", 0),
        ("A", "A", 2),
        ("A", "C", 0),
        ("ACGU", "GGGGACGUGGGG", 8),
        # An ambiguous letter costs nothing and gives nothing; one that is no N is a letter like the others.
        ("ACGNACG", "ACGUACG", 12),
        ("NNNN", "NNNN", 0),
        ("RRR", "RRR", 6),
        # Six equal bases, a gap of two, six equal bases: 24 - 7 - 2.
        ("ACGUCAGUACUG", "ACGUCAAAGUACUG", 15),
    ],
)
def test_scores_by_hand(aligner, one, other, score):
    assert best_scores([one], [other]).tolist() == best_scores([other], [one]).tolist() == [[score]]
    assert not (one and other) or aligner.score(one, other) == score


def test_a_score_beyond_a_byte_is_still_a_hit():
    long = "ACGUUGCAGCAUUCGGAUAUGCAU" * 6
    assert best_scores([long], [long, long[:70]])[0].min() > 100
    assert pairs_from([long, "AAAA", long], 36) == [(0, 2)]


def test_few_sequences():
    assert pairs_from([], 36) == pairs_from(["ACGU"], 36) == []
