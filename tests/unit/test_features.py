import numpy as np
import pytest

from mmlmirloc.features import Features, Rows, side_by_side

# Two positions of three filled, then none, then all.
BY_POSITION = Features(
    np.array([[[1, 2], [3, 6], [0, 0]], [[0, 0], [0, 0], [0, 0]], [[3, 0], [0, 3], [0, 6]]], dtype=np.float32),
    np.array([2, 0, 3]),
)


def test_mean_runs_over_filled_positions_and_an_empty_row_is_zero():
    assert BY_POSITION.mean() == pytest.approx(np.array([[2, 4], [0, 0], [1, 3]]))


def test_mean_does_not_see_what_stands_in_the_padding():
    values = BY_POSITION.values.copy()
    values[0, 2], values[1] = 99, 99
    assert np.array_equal(Features(values, BY_POSITION.lengths).mean(), BY_POSITION.mean())


def test_mean_keeps_float32():
    assert BY_POSITION.mean().dtype == np.float32


def test_mean_of_a_view_without_positions_is_the_view():
    view = Features(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert np.array_equal(view.mean(), view.values)


@pytest.mark.parametrize("index", [np.array([2, 0]), [2, 0]])
def test_rows_by_number_come_in_the_order_asked_for(index):
    chosen = BY_POSITION.rows(index)
    assert np.array_equal(chosen.values, BY_POSITION.values[[2, 0]])
    assert chosen.lengths.tolist() == [3, 2]


def test_rows_by_mask():
    chosen = BY_POSITION.rows(np.array([True, False, True]))
    assert np.array_equal(chosen.values, BY_POSITION.values[[0, 2]])
    assert chosen.lengths.tolist() == [2, 3]


def test_rows_of_a_view_without_positions_have_no_lengths():
    chosen = Features(np.arange(6).reshape(3, 2)).rows(np.array([1]))
    assert chosen.values.tolist() == [[2, 3]]
    assert chosen.lengths is None


def test_features_and_rows_count_their_rows():
    assert len(BY_POSITION) == 3
    # Rows without a view (the constants), and rows whose labels are not to be seen.
    assert len(Rows({}, np.zeros((4, 2)))) == 4
    assert len(Rows({"semantic": BY_POSITION}, np.empty((3, 0)))) == 3


def test_views_stand_side_by_side_in_their_order_each_by_its_mean():
    plain = Features(np.array([[0.5], [0.25], [0.125]], dtype=np.float32))
    assert side_by_side({"b": BY_POSITION, "a": plain}).tolist() == [[2, 4, 0.5], [0, 0, 0.25], [1, 3, 0.125]]
    assert side_by_side({"a": plain, "b": BY_POSITION}).tolist() == [[0.5, 2, 4], [0.25, 0, 0], [0.125, 1, 3]]
    assert side_by_side({"a": plain}).dtype == np.float64
