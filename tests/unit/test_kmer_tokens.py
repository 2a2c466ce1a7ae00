import numpy as np
import pytest

from mmlmirloc.views.kmer_tokens import View, vocabulary, words


def tokens(sequences, k=2, positions=5):
    return View({"k": k, "positions": positions}).compute(sequences)


def test_words_overlap_with_stride_one():
    assert words("ACGUA", 3) == ["ACG", "CGU", "GUA"]


@pytest.mark.parametrize("sequence", ["", "A", "AC"])
def test_a_sequence_shorter_than_k_has_no_word(sequence):
    assert words(sequence, 3) == []


def test_vocabulary_counts_from_two_in_alphabetical_order():
    assert vocabulary(1) == {"A": 2, "C": 3, "G": 4, "U": 5}
    four = vocabulary(4)
    assert (four["AAAA"], four["AAAC"], four["CAAA"], four["UUUU"]) == (2, 3, 2 + 64, 2 + 255)
    # What the learners' `vocabulary` setting has to be for k = 4: every number is below it.
    assert len(set(four.values())) == 256 and max(four.values()) < 4**4 + 2


def test_token_numbers_by_hand_with_zero_padding():
    # AA = 2, AC = 2 + 1, CG = 2 + 4 + 2, GU = 2 + 8 + 3, UU = 2 + 15.
    view = tokens(["AACGU", "UU", "A"])
    assert view.values.tolist() == [[2, 3, 8, 13, 0], [17, 0, 0, 0, 0], [0, 0, 0, 0, 0]]
    assert view.lengths.tolist() == [4, 1, 0]


def test_words_after_the_last_position_are_cut():
    view = tokens(["AACGU"], positions=2)
    assert view.values.tolist() == [[2, 3]]
    assert view.lengths.tolist() == [2]


@pytest.mark.parametrize("letter", ["N", "R", "T"])
def test_a_word_with_another_letter_is_number_one_and_not_padding(letter):
    view = tokens([f"AA{letter}AA"])
    assert view.values.tolist() == [[2, 1, 1, 2, 0]]
    assert view.lengths.tolist() == [4]


def test_values_are_whole_numbers_even_without_rows():
    assert tokens([]).values.shape == (0, 5)
    assert tokens(["ACGU"]).values.dtype == np.int64
