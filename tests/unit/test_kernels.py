import numpy as np
import pytest

from mmlmirloc.features import Features
from mmlmirloc.models.shared.kernels import ViewKernels, bounds, centred, hsic_weights


def test_bounds_are_minimum_and_range_and_a_constant_column_has_range_one():
    low, span = bounds(np.array([[1.0, 5.0], [3.0, 5.0]]))
    assert low.tolist() == [1, 5]
    assert span.tolist() == [2, 1]


def test_kernels_of_scaled_rows_by_hand():
    # 10 and 12 become 0 and 1; 14 becomes 2, outside the training range and not clipped.
    kernels = ViewKernels.fit({"a": Features(np.array([[10.0], [12.0]], np.float32))}, [0.5])
    near, far = np.exp(-0.5), np.exp(-2.0)
    assert kernels.among()[0] == pytest.approx(np.array([[1, near], [near, 1]]))
    assert kernels.between({"a": Features(np.array([[14.0]], np.float32))})[0] == pytest.approx(np.array([[far, near]]))


def test_views_are_found_by_name_not_by_order():
    views = {"a": Features(np.eye(3)), "b": Features(np.arange(6.0).reshape(3, 2))}
    kernels = ViewKernels.fit(views, [1, 2])
    turned = dict(reversed(views.items()))
    assert np.array_equal(kernels.between(views), kernels.between(turned))


def test_a_view_by_position_is_averaged_over_filled_positions():
    positions = np.zeros((2, 3, 1), np.float32)
    positions[:, :2, 0] = [[1, 3], [5, 5]]
    by_position = ViewKernels.fit({"a": Features(positions, np.array([2, 2]))}, [1])
    averaged = ViewKernels.fit({"a": Features(np.array([[2.0], [5.0]]))}, [1])
    assert np.array_equal(by_position.among(), averaged.among())


def test_centring_is_multiplication_by_the_centring_matrix():
    kernel = np.array([[1, 0.2, 0.5], [0.2, 1, 0.1], [0.5, 0.1, 1]])
    matrix = np.eye(3) - 1 / 3
    assert centred(kernel) == pytest.approx(matrix @ kernel @ matrix)


def two_row_kernel(off):
    return np.array([[1, off], [off, 1]], dtype=float)


def test_weights_by_hand():
    # HKH of [[1, e], [e, 1]] is (1 - e)/2 [[1, -1], [-1, 1]]: a = (1 - e)/2 for y = (1, 0), cosine 1.
    # With w = (t, 1 - t): -a1 t - a2 (1 - t) + 0.01 (2t - 1)^2 + 0.001 (t^2 + (1 - t)^2) is least at
    # 2t - 1 = (a1 - a2) / 0.042. Here a1 - a2 = 0.021, so t = 3/4.
    weights = hsic_weights(np.stack([two_row_kernel(0), two_row_kernel(0.042)]), np.array([[1], [0]]))
    assert weights == pytest.approx(np.array([[0.75, 0.25]]), abs=1e-6)


def test_a_constant_kernel_gets_no_weight_beside_an_informative_one():
    weights = hsic_weights(np.stack([two_row_kernel(1), two_row_kernel(0)]), np.array([[1], [0]]))
    assert weights == pytest.approx(np.array([[0, 1]]), abs=1e-9)


def test_one_kernel_has_weight_one():
    assert hsic_weights(two_row_kernel(0.3)[None], np.array([[1, 0], [0, 0]])).tolist() == [[1], [1]]


def test_kernels_are_equal_for_a_label_of_one_class():
    # No dependence to see: the penalties alone, symmetric in two kernels that are alike.
    weights = hsic_weights(np.stack([two_row_kernel(0.1), two_row_kernel(0.4)]), np.array([[1], [1]]))
    assert weights == pytest.approx(np.array([[0.5, 0.5]]), abs=1e-6)


def test_no_other_weights_do_better():
    random = np.random.default_rng(1)
    n = 30
    labels = (random.random((n, 2)) < 0.4).astype(int)
    views = [random.normal(size=(n, 3)) + shift * labels[:, :1] for shift in (0.0, 0.7, 1.5)]
    kernels = ViewKernels.fit({str(i): Features(view) for i, view in enumerate(views)}, [1, 1, 2]).among()
    weights = hsic_weights(kernels, labels)
    assert weights.sum(axis=1) == pytest.approx([1, 1])
    assert (weights >= 0).all()

    middle = np.eye(n) - np.ones((n, n)) / n
    inner = [middle @ kernel @ middle for kernel in kernels]
    cosine = np.array([[np.sum(f * g) / np.sqrt(np.sum(f * f) * np.sum(g * g)) for g in inner] for f in inner])
    laplacian = np.diag(cosine.sum(axis=1)) - cosine
    for number in range(2):
        y = labels[:, number : number + 1]
        a = np.array([np.trace(f @ y @ y.T) for f in inner]) / (n - 1) ** 2
        cost = lambda w, a=a: -w @ a + 0.01 * w @ laplacian @ w + 0.001 * w @ w  # noqa: E731
        assert all(cost(weights[number]) <= cost(w) + 1e-12 for w in random.dirichlet([1, 1, 1], 2000))


def test_arrays_bring_back_the_same_kernels():
    views = {"a": Features(np.eye(3)), "b": Features(np.arange(6.0).reshape(3, 2))}
    kernels = ViewKernels.fit(views, [1, 2])
    again = ViewKernels.from_arrays(kernels.arrays())
    assert again.views == ["a", "b"]
    assert np.array_equal(kernels.among(), again.among())
    assert np.array_equal(kernels.between(views), again.between(views))
