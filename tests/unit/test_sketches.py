"""Digests and sketches: how near a sequence is to others, without their sequences."""

import hashlib
from math import log

import numpy as np
import pytest

from mmlmirloc.predicting.sketches import FILLED, KEPT, WORD, digests, hash64, identity, sketch


def drawn(length, seed=0):
    return "".join(np.random.default_rng(seed).choice(list("ACGU"), length))


def mutated(sequence, places):
    """Change the letters at some places to their complement."""
    return "".join(
        letter.translate(str.maketrans("ACGU", "UGCA")) if place in places else letter
        for place, letter in enumerate(sequence)
    )


HAIRPIN = drawn(90)


def test_a_digest_is_the_start_of_sha256():
    expected = int(hashlib.sha256(HAIRPIN.encode()).hexdigest()[:16], 16)
    assert hash64(HAIRPIN) == expected
    found = digests([HAIRPIN, "ACGU", HAIRPIN])
    assert found.dtype == np.uint64 and found.tolist() == [expected, hash64("ACGU"), expected]
    assert digests([]).shape == (0,)


def test_a_digest_tells_one_base():
    assert len(set(digests([mutated(HAIRPIN, {place}) for place in range(90)]).tolist())) == 90


def test_a_sketch_is_the_smallest_hashes_of_the_words():
    words = {HAIRPIN[start : start + WORD] for start in range(90 - WORD + 1)}
    found = sketch(HAIRPIN)
    assert found.dtype == np.uint64 and found.shape == (KEPT,)
    assert found.tolist() == sorted(hash64(word) for word in words)[:KEPT]


def test_a_short_sequence_fills_its_sketch():
    # Ten letters hold two words of nine; a repeat holds its words once; eight letters hold none.
    assert sketch("ACGUACGGUC").tolist() == [*sorted(map(hash64, ["ACGUACGGU", "CGUACGGUC"])), *[int(FILLED)] * 22]
    assert (sketch("A" * 50) != FILLED).sum() == 1
    assert (sketch("A" * 8) == FILLED).all()


def test_a_sequence_is_identical_to_itself_and_to_nothing_unrelated():
    others = np.stack([sketch(HAIRPIN), sketch(drawn(90, 1)), sketch(mutated(HAIRPIN, set(range(0, 90, 5))))])
    # Every fifth letter changed leaves no word of nine.
    assert identity(sketch(HAIRPIN), others).tolist() == [1, 0, 0]


def test_identity_of_short_sequences_ignores_what_is_filled():
    short = "ACGUACGGUC"
    assert identity(sketch(short), sketch(short)[None]).tolist() == [1]
    assert identity(sketch(short), sketch("UUUUUCCCCC")[None]).tolist() == [0]
    # Nothing to compare is no identity.
    assert identity(sketch("ACGU"), sketch("ACGU")[None]).tolist() == [0]


def test_identity_by_hand():
    # Of 24 hashes each, 8 are common and all are among the 24 smallest of both: j = 8 / 24.
    one, other = np.arange(24, dtype=np.uint64), np.arange(8, 32, dtype=np.uint64)
    # The 24 smallest of the union are 0 to 23, of which both hold 8 to 23.
    share = 16 / 24
    assert identity(one, other[None]) == pytest.approx([1 + log(2 * share / (1 + share)) / WORD])
    # One common hash of 24: 1 + ln(2/25)/9.
    other = np.array([0, *range(100, 123)], dtype=np.uint64)
    assert identity(one, other[None]) == pytest.approx([1 + log(2 / 25) / 9])


def test_identity_falls_with_mutations():
    found = [identity(sketch(mutated(HAIRPIN, set(range(0, 10 * n, 10)))), sketch(HAIRPIN)[None])[0] for n in range(8)]
    assert found[0] == 1 and found[7] < 0.9
    assert sorted(found, reverse=True) == found and len(set(found)) > 4


def test_identity_is_near_the_share_of_equal_bases():
    # One of 90 bases changed.
    means = [
        identity(sketch(mutated(drawn(90, seed), {45})), sketch(drawn(90, seed))[None])[0] for seed in range(1, 21)
    ]
    assert np.mean(means) == pytest.approx(89 / 90, abs=0.01)


def test_identity_is_symmetric():
    one, other = sketch(HAIRPIN), sketch(mutated(HAIRPIN, {20, 60}))
    assert 0 < identity(one, other[None])[0] == identity(other, one[None])[0] < 1


def test_no_others_are_no_rows():
    assert identity(sketch(HAIRPIN), np.empty((0, KEPT), dtype=np.uint64)).shape == (0,)


def test_a_sketch_does_not_hold_the_words_of_the_sequence():
    found = sketch(HAIRPIN).tobytes() + digests([HAIRPIN]).tobytes()
    for length in range(5, WORD + 1):
        for start in range(90 - length + 1):
            assert HAIRPIN[start : start + length].encode() not in found
    # Most words of a hairpin have left no hash at all.
    assert KEPT < (90 - WORD + 1) / 3
