import numpy as np
import pytest

from mmlmirloc.views import kmer


def settings(k=(2,), denominator="length", reverse_complement=False):
    return {"k": list(k), "denominator": denominator, "reverse_complement": reverse_complement}


def table(sequence, **options):
    """The columns of one sequence that are not zero, by name."""
    values = kmer.View(settings(**options)).compute([sequence]).values[0]
    return {name: pytest.approx(value) for name, value in zip(kmer.View(settings(**options)).names(), values) if value}


def test_frequency_is_the_count_over_the_sequence_length():
    # AAAC: AA twice, AC once, 4 letters.
    assert table("AAAC") == {"AA": 2 / 4, "AC": 1 / 4}


def test_frequency_is_the_count_over_the_windows():
    assert table("AAAC", denominator="windows") == {"AA": 2 / 3, "AC": 1 / 3}


def test_several_lengths_follow_each_other():
    assert kmer.View(settings(k=[1, 2])).names()[:6] == ["A", "C", "G", "U", "AA", "AC"]
    assert table("GAU", k=[1, 2]) == {"G": 1 / 3, "A": 1 / 3, "U": 1 / 3, "GA": 1 / 3, "AU": 1 / 3}
    assert kmer.View(settings(k=[1, 2, 3, 4])).compute(["GAU"]).values.shape == (1, 340)


def test_columns_are_in_lexicographic_order():
    columns = kmer.View(settings(k=[4])).names()
    assert columns == sorted(columns)
    assert len(set(columns)) == 256
    for word in ("AAAA", "GUCA", "UUUU"):
        assert kmer.View(settings(k=[4])).compute([word]).values[0].argmax() == columns.index(word)


def test_a_word_and_its_reverse_complement_count_as_one():
    # AAC and GUU are one; ACG and CGU are one.
    assert table("AACGUU", k=[3], reverse_complement=True) == {"AAC": 2 / 6, "ACG": 2 / 6}
    assert len(kmer.View(settings(k=[3], reverse_complement=True)).names()) == 32


def test_a_palindrome_counts_once():
    assert table("AUAU", k=[2], reverse_complement=True) == {"AU": 2 / 4, "UA": 1 / 4}
    assert len(kmer.View(settings(k=[2], reverse_complement=True)).names()) == 10


def test_a_word_with_an_ambiguous_letter_is_not_counted_but_has_its_length():
    assert table("AANAA") == {"AA": 2 / 5}


def test_no_word_runs_from_one_sequence_into_the_next():
    both = kmer.View(settings()).compute(["AC", "GU"]).values
    assert np.array_equal(both[0], kmer.View(settings()).compute(["AC"]).values[0])
    assert both[0].sum() == pytest.approx(1 / 2)


@pytest.mark.parametrize("denominator", ["length", "windows"])
def test_a_sequence_shorter_than_the_word_has_zeros(denominator):
    values = kmer.View(settings(k=[3], denominator=denominator)).compute(["AC", ""]).values
    assert values.shape == (2, 64)
    assert not values.any()


def test_values_are_float32_without_lengths():
    features = kmer.View(settings()).compute([])
    assert features.values.shape == (0, 16)
    assert features.values.dtype == np.float32
    assert features.lengths is None
