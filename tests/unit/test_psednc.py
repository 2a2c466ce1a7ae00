import numpy as np
import pytest

from mmlmirloc.views import psednc

SETTINGS = {"lambda": 3, "weight": 0.05}


def row(sequence, **options):
    return psednc.View(SETTINGS | options).compute([sequence]).values[0]


def test_equal_dinucleotides_have_no_correlation_factor():
    values = row("AAAAAA")
    assert values[0] == 1
    assert not values[1:].any()


def test_two_dinucleotides_by_hand(monkeypatch):
    # One property: 1 for AC, -1 for CA, 0 elsewhere; its mean is 0 and its variance 2/16, so the
    # standardised difference of AC and CA is (2 / sqrt(1/8))^2 = 32.
    monkeypatch.setattr(psednc, "PROPERTIES", {"toy": (0, 1, 0, 0, -1) + (0,) * 11})
    # ACACA: AC, CA, AC, CA. Neighbours always differ (theta_1 = 32), next but one never (theta_2 = 0),
    # AC at 1 and CA at 4 do (theta_3 = 32). Denominator 1 + 0.05 * 64 = 4.2.
    values = row("ACACA")
    assert values[1] == pytest.approx(0.5 / 4.2)
    assert values[4] == pytest.approx(0.5 / 4.2)
    assert values[16:] == pytest.approx([1.6 / 4.2, 0, 1.6 / 4.2])
    # The mean is over properties: a second one that never differs between the two halves theta.
    monkeypatch.setattr(
        psednc, "PROPERTIES", {"toy": (0, 1, 0, 0, -1) + (0,) * 11, "flat": (1, 0, 0, 0, 0) + (0,) * 11}
    )
    assert row("ACACA")[16] == pytest.approx(0.8 / 2.6)


def test_the_properties_are_standardised():
    # The mean squared difference over all ordered pairs of standardised values is twice the variance.
    assert psednc.differences().mean() == pytest.approx(2)
    assert all(len(values) == 16 for values in psednc.PROPERTIES.values())


@pytest.mark.parametrize("name", psednc.PROPERTIES)
def test_a_step_and_its_reverse_complement_are_the_same_step(name):
    # A duplex step read from the other strand. The database's roll of CC and GG is the one exception.
    pairs = [first + second for first in "ACGU" for second in "ACGU"]
    table = dict(zip(pairs, psednc.PROPERTIES[name]))
    other = {pair: pair[::-1].translate(str.maketrans("ACGU", "UGCA")) for pair in pairs}
    odd = {pair for pair in pairs if table[pair] != table[other[pair]]}
    assert odd == ({"CC", "GG"} if name == "roll" else set())


def test_each_row_adds_up_to_one():
    assert row("GAUUACAGGCUAGCU").sum() == pytest.approx(1)


def test_an_ambiguous_letter_is_left_out():
    # AAA and AAA around N: every dinucleotide that is left is AA.
    assert row("AAANAAA")[0] == 1


def test_a_short_sequence_has_no_far_correlation_and_an_empty_one_zeros():
    values = psednc.View(SETTINGS).compute(["ACG", "A", ""]).values
    assert values.shape == (3, 19)
    assert values[0, 16] > 0
    assert not values[0, 17:].any()
    assert not values[1:].any()


def test_sequences_do_not_touch():
    both = psednc.View(SETTINGS).compute(["ACG", "UUA"]).values
    assert np.array_equal(both, np.stack([row("ACG"), row("UUA")]))
