import numpy as np
import pytest

from mmlmirloc.views import cksnap

PAIRS = [first + second for first in "ACGU" for second in "ACGU"]


def table(sequence, gap):
    values = cksnap.View({"gaps": 5}).compute([sequence]).values[0].reshape(6, 16)[gap]
    return {name: pytest.approx(value) for name, value in zip(PAIRS, values) if value}


def test_pairs_by_gap():
    assert table("ACGAC", 0) == {"AC": 2 / 4, "CG": 1 / 4, "GA": 1 / 4}
    assert table("ACGAC", 1) == {"AG": 1 / 3, "CA": 1 / 3, "GC": 1 / 3}
    assert table("ACGAC", 2) == {"AA": 1 / 2, "CC": 1 / 2}
    assert table("ACGAC", 3) == {"AC": 1 / 1}


def test_a_sequence_too_short_for_a_gap_has_zeros_there():
    assert table("ACGAC", 4) == {}
    assert not cksnap.View({"gaps": 5}).compute(["", "A"]).values.any()


def test_an_ambiguous_letter_spoils_only_its_own_pairs():
    assert table("ANG", 0) == {}
    assert table("ANG", 1) == {"AG": 1 / 1}


def test_no_pair_joins_two_sequences():
    # With a gap of 1, A and C stand where a pair would stand if the sequences were one.
    assert not cksnap.View({"gaps": 5}).compute(["A", "C"]).values.any()


def test_width_and_type():
    features = cksnap.View({"gaps": 5}).compute(["ACGU"])
    assert features.values.shape == (1, 96)
    assert features.values.dtype == np.float32
    assert features.lengths is None
    assert cksnap.View({"gaps": 0}).compute(["ACGU"]).values.shape == (1, 16)
