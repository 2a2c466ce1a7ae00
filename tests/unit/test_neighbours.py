"""How near sequences are to some whose sketches alone are known, in many at once as in each by itself."""

import numpy as np
import pytest

from mmlmirloc.data.minhash import filled, identity, sketches
from mmlmirloc.data.neighbours import Neighbours

K, KEPT = 9, 24


def drawn(length, seed=0):
    return "".join(np.random.default_rng(seed).choice(list("ACGU"), length))


def mutated(sequence, places):
    """Change the letters at some places to their complement."""
    changed = sequence.translate(str.maketrans("ACGU", "UGCA"))
    return "".join(changed[at] if at in places else letter for at, letter in enumerate(sequence))


HAIRPIN = drawn(90)
OTHERS = [drawn(90, seed) for seed in range(1, 20)]
KNOWN = sketches([*OTHERS, HAIRPIN], K, KEPT)
ASKED = [
    HAIRPIN,
    mutated(HAIRPIN, {40}),
    OTHERS[3][:60],
    mutated(OTHERS[5], {7, 60}),
    drawn(90, 60),
    "ACGU",
    "",
    "N" * 40,
]


def test_the_nearest_counts():
    expected = [identity(one, KNOWN, K).max() for one in sketches(ASKED, K, KEPT)]
    assert Neighbours(KNOWN, K).identities(ASKED).tolist() == expected
    assert expected[0] == 1 and 0 < expected[1] < 1 and expected[-4:] == [0, 0, 0, 0]


@pytest.mark.parametrize(("start", "end"), [(0, 90), (6, 84), (0, 60), (30, 90), (20, 65)])
def test_a_piece_is_known_by_its_words(start, end):
    piece = HAIRPIN[start:end]
    assert Neighbours(KNOWN, K).hold([piece]).tolist() == [True]
    assert Neighbours(KNOWN[:-1], K).hold([piece]).tolist() == [False]


def test_what_differs_or_goes_beyond_is_no_piece():
    # One base changes up to nine words; that goes unnoticed where none of the new ones has a small hash.
    changed = [mutated(HAIRPIN[6:84], {place}) for place in range(10, 68)]
    assert Neighbours(KNOWN, K).hold(changed).sum() < len(changed) / 4
    others = [drawn(40, 50) + HAIRPIN + drawn(40, 51), drawn(90, 60), "ACGU", ""]
    assert not Neighbours(KNOWN, K).hold(others).any()


def test_a_piece_of_one_is_a_piece_though_another_is_near():
    # The second has the piece with another base, so that its words are not all there.
    known = sketches([HAIRPIN, mutated(HAIRPIN, range(20, 70, 9))], K, KEPT)
    assert Neighbours(known, K).hold([HAIRPIN[5:80]]).tolist() == [True]


def test_a_short_sequence_is_known_by_all_its_words():
    # It has fewer words than are kept, so that no other word is one of it.
    short = HAIRPIN[:22]
    known = sketches([short], K, KEPT)
    assert known.max() == filled(np.uint64)
    assert Neighbours(known, K).hold([short, short[:15], HAIRPIN[:30]]).tolist() == [True, True, False]


def test_many_at_once_are_each_by_itself():
    neighbours = Neighbours(KNOWN, K)
    asked = [*ASKED, HAIRPIN[6:84], OTHERS[0][4:70]]
    assert neighbours.hold(asked).tolist() == [neighbours.hold([one])[0] for one in asked]
    assert neighbours.identities(asked).tolist() == [neighbours.identities([one])[0] for one in asked]
    assert neighbours.hold(asked)[-2:].all()


def test_nothing_is_near_where_nothing_is_known_or_asked():
    for known, asked in ((KNOWN, []), (KNOWN[:0], ASKED)):
        assert Neighbours(known, K).identities(asked).tolist() == [0.0] * len(asked)
        assert Neighbours(known, K).hold(asked).tolist() == [False] * len(asked)
