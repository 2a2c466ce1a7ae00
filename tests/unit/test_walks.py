"""Random walks over known pairs, and the vectors of partners that they give."""

from itertools import pairwise

import numpy as np
import pytest

from mmlmirloc.models.shared.walks import partner_vectors, random_walks

# Row 0 has both partners (3 and 4), row 1 the second, row 2 none.
PAIRS = np.array([[1, 1], [0, 1], [0, 0]])
SETTINGS = {"width": 8, "walks": 300, "walk_length": 10, "window": 2}


def test_each_step_is_a_known_pair_and_what_has_none_is_not_walked():
    walked = random_walks(PAIRS, number=50, length=6, seed=1)
    # Two rows and two partners have a pair.
    assert walked.shape == (200, 6) and set(walked.ravel()) == {0, 1, 3, 4}
    steps = {tuple(sorted(step)) for walk in walked for step in pairwise(walk)}
    assert steps == {(0, 3), (0, 4), (1, 4)}
    assert np.array_equal(np.bincount(walked[:, 0], minlength=5), [50, 50, 0, 50, 50])


def test_neighbours_are_equally_likely():
    walked = random_walks(PAIRS, number=2000, length=2, seed=2)
    from_first = walked[walked[:, 0] == 0, 1]
    assert (from_first == 3).mean() == pytest.approx(0.5, abs=0.05)
    # The only neighbour of partner 3 is row 0.
    assert set(walked[walked[:, 0] == 3, 1]) == {0}


def test_partners_of_the_same_rows_have_alike_vectors():
    # Two groups of ten rows, each with three partners of its own; the last partner is of no row.
    pairs = np.zeros((20, 7), dtype=int)
    pairs[:10, :3], pairs[10:, 3:6] = 1, 1
    vectors = partner_vectors(pairs, SETTINGS, seed=1)
    assert vectors.shape == (7, 8) and not vectors[6].any()
    unit = vectors[:6] / np.linalg.norm(vectors[:6], axis=1, keepdims=True)
    cosine = unit @ unit.T
    assert cosine[:3, :3].min() > cosine[:3, 3:].max()
    assert np.array_equal(partner_vectors(pairs, SETTINGS, seed=1), vectors)


def test_no_pair_at_all_gives_zeros():
    assert not partner_vectors(np.zeros((3, 2), dtype=int), SETTINGS, seed=1).any()
