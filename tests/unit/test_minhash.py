"""Digests and MinHash sketches: how near a sequence is to others, without their sequences."""

import hashlib
import os
import subprocess
import sys
from math import log

import numpy as np
import pytest

from mmlmirloc.data.minhash import digests, filled, forget, hash64, identity, matches, sketches

K, KEPT = 9, 24
FILLED = filled(np.uint64)


def drawn(length, seed=0):
    return "".join(np.random.default_rng(seed).choice(list("ACGU"), length))


def mutated(sequence, places):
    """Change the letters at some places to their complement."""
    return "".join(
        letter.translate(str.maketrans("ACGU", "UGCA")) if place in places else letter
        for place, letter in enumerate(sequence)
    )


def sketch(sequence):
    return sketches([sequence], K, KEPT)[0]


def near(one, other):
    """Identity of two sequences."""
    return identity(*sketches([one, other], K, KEPT)[:, None], K)[0]


def by_hand(sequence, k, kept, bits=64):
    """The sketch in plain Python."""
    words = {sequence[start : start + k] for start in range(len(sequence) - k + 1)}
    return sorted({hash64(word.encode()) >> (64 - bits) for word in words if set(word) <= set("ACGU")})[:kept]


HAIRPIN = drawn(90)


def test_a_digest_is_the_start_of_sha256():
    expected = int(hashlib.sha256(HAIRPIN.encode()).hexdigest()[:16], 16)
    assert hash64(HAIRPIN.encode()) == expected
    found = digests([HAIRPIN, "ACGU", HAIRPIN])
    assert found.dtype == np.uint64 and found.tolist() == [expected, hash64(b"ACGU"), expected]
    assert digests([]).shape == (0,)


def test_a_digest_tells_one_base():
    assert len(set(digests([mutated(HAIRPIN, {place}) for place in range(90)]).tolist())) == 90


def test_a_sketch_is_the_smallest_hashes_of_the_words():
    found = sketches([HAIRPIN], K, KEPT)
    assert found.dtype == np.uint64 and found.shape == (1, KEPT)
    assert found[0].tolist() == by_hand(HAIRPIN, K, KEPT)


@pytest.mark.parametrize(("dtype", "bits"), [(np.uint32, 32), (np.uint16, 16)])
def test_a_smaller_hash_is_the_first_bits_of_the_larger(dtype, bits):
    found = sketches([HAIRPIN], 8, 32, dtype)
    assert found.dtype == dtype and found[0].tolist() == by_hand(HAIRPIN, 8, 32, bits)


def test_no_word_runs_from_one_sequence_into_the_next():
    several = [HAIRPIN, "", "ACGUACGGU", "ACGU", drawn(60, 1), "A" * 50]
    found = sketches(several, K, KEPT)
    assert found.tobytes() == np.stack([sketch(one) for one in several]).tobytes()
    assert found[::-1].tobytes() == sketches(several[::-1], K, KEPT).tobytes()
    assert sketches([], K, KEPT).shape == (0, KEPT)


def test_a_short_sequence_fills_its_sketch():
    # Ten letters hold two words of nine; a repeat holds its words once; eight letters hold none.
    words = sorted(map(hash64, [b"ACGUACGGU", b"CGUACGGUC"]))
    assert sketch("ACGUACGGUC").tolist() == [*words, *[int(FILLED)] * 22]
    assert (sketch("A" * 50) != FILLED).sum() == 1
    for empty in ("A" * 8, "", "N" * 50, "RYSWKM"):
        assert (sketch(empty) == FILLED).all()


@pytest.mark.parametrize("letter", ["N", "R", "T", "a", "-", "Ω", "\n"])
def test_words_with_other_letters_are_left_out(letter):
    # One of ninety letters stands in nine words; the words beside it stay.
    broken = HAIRPIN[:40] + letter + HAIRPIN[41:]
    assert sketches([broken], K, 90)[0].tolist() == sketches([HAIRPIN[:40] + "N" + HAIRPIN[41:]], K, 90)[0].tolist()
    left = by_hand(HAIRPIN[:40], K, 90) + by_hand(HAIRPIN[41:], K, 90)
    assert [one for one in sketches([broken], K, 90)[0].tolist() if one != FILLED] == sorted(left)


def test_a_sequence_is_identical_to_itself_and_to_nothing_unrelated():
    # Every fifth letter changed leaves no word of nine.
    others = sketches([HAIRPIN, drawn(90, 1), mutated(HAIRPIN, set(range(0, 90, 5)))], K, KEPT)
    assert identity(sketch(HAIRPIN)[None], others, K).tolist() == [1, 0, 0]


def test_identity_of_short_sequences_ignores_what_is_filled():
    short = "ACGUACGGUC"
    assert near(short, short) == 1
    assert near(short, "UUUUUCCCCC") == 0
    # Nothing to compare is no identity.
    assert near("ACGU", "ACGU") == 0


def test_identity_by_hand():
    # The 24 smallest of the union are 0 to 23, of which both hold 8 to 23.
    one, other = np.arange(24, dtype=np.uint64), np.arange(8, 32, dtype=np.uint64)
    share = 16 / 24
    assert identity(one[None], other[None], 9) == pytest.approx([1 + log(2 * share / (1 + share)) / 9])
    assert identity(one[None], other[None], 5) == pytest.approx([1 + log(2 * share / (1 + share)) / 5])
    # One common hash of 24: 1 + ln(2/25)/9.
    other = np.array([0, *range(100, 123)], dtype=np.uint64)
    assert identity(one[None], other[None], 9) == pytest.approx([1 + log(2 / 25) / 9])
    # With words of two letters the formula would go below zero.
    assert identity(one[None], other[None], 2).tolist() == [0]


def test_a_short_sequence_has_the_share_of_what_there_is():
    # Two hashes against three, two of them common: j = 2 / 3 of the union, not of 24.
    one = np.array([[1, 2, *[FILLED] * 22]], dtype=np.uint64)
    other = np.array([[1, 2, 3, *[FILLED] * 21]], dtype=np.uint64)
    assert identity(one, other, 9) == pytest.approx([1 + log(4 / 5) / 9])


def test_identity_falls_with_mutations():
    found = [near(mutated(HAIRPIN, set(range(0, 10 * n, 10))), HAIRPIN) for n in range(8)]
    assert found[0] == 1 and found[7] < 0.9
    assert sorted(found, reverse=True) == found and len(set(found)) > 4


def test_identity_is_near_the_share_of_equal_bases():
    # One of 90 bases changed.
    means = [near(mutated(drawn(90, seed), {45}), drawn(90, seed)) for seed in range(1, 21)]
    assert np.mean(means) == pytest.approx(89 / 90, abs=0.01)


def test_identity_is_symmetric():
    other = mutated(HAIRPIN, {20, 60})
    assert 0 < near(HAIRPIN, other) == near(other, HAIRPIN) < 1


def test_no_others_are_no_rows():
    assert identity(sketch(HAIRPIN)[None], np.empty((0, KEPT), dtype=np.uint64), K).shape == (0,)


def test_a_sketch_does_not_hold_the_words_of_the_sequence():
    found = sketch(HAIRPIN).tobytes() + digests([HAIRPIN]).tobytes()
    for length in range(5, K + 1):
        for start in range(90 - length + 1):
            assert HAIRPIN[start : start + length].encode() not in found
    # Most words of a hairpin have left no hash at all.
    assert KEPT < (90 - K + 1) / 3


@pytest.mark.parametrize("k", [8, 9, 10])
def test_hashes_are_those_of_the_words_however_often_they_are_asked_for(k):
    sequences = [HAIRPIN, "ACGNU" + HAIRPIN[:30], "AC"]
    words = [{one[at : at + k] for at in range(len(one) - k + 1)} for one in sequences]
    expected = [sorted(hash64(word.encode()) for word in found if "N" not in word)[:5] for found in words]
    for _ in range(2):
        rows = sketches(sequences, k, 5).tolist()
        assert [[one for one in row if one != int(FILLED)] for row in rows] == expected
    forget()
    assert sketches(sequences, k, 5).tolist() == rows


def test_equal_hashes_are_matched_with_all_their_places():
    ordered, asked = np.array([2, 2, 5, 7], dtype=np.uint32), np.array([7, 3, 2, filled(np.uint32)], dtype=np.uint32)
    which, place = matches(np.append(ordered, filled(np.uint32)), asked)
    assert list(zip(which.tolist(), place.tolist())) == [(0, 3), (2, 0), (2, 1)]


def test_searching_needs_numpy_alone():
    modules = "mmlmirloc.data.neighbours", "mmlmirloc.data.sketch_index", "mmlmirloc.views.phylogenetic_profile"
    code = f"import sys, {', '.join(modules)}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=paths, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "numpy" in loaded and not loaded & {"pandas", "sklearn", "scipy", "Bio", "torch", "RNA"}
