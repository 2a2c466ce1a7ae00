from functools import partial

import numpy as np
import planted_rows
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.features import Features, Rows
from mmlmirloc.models import mkghknn
from mmlmirloc.models.mkghknn import Learner, hyperplane_distance
from mmlmirloc.models.shared.kernels import weighted_kernels

SETTINGS = planted_rows.SETTINGS["mkghknn"]
LOCATIONS = ["nucleus", "exosome", "microvesicle"]


planted = partial(planted_rows.planted, widths=(4, 5), loudness=3)


def fitted(train, validation=None, **overrides):
    learner = Learner(SETTINGS | overrides, LOCATIONS[: train.labels.shape[1]], 1)
    assert learner.fit(train, validation or planted(5, 9)) == []
    return learner


def one_view(values, labels):
    return Rows({"a": Features(np.array(values, np.float32).reshape(len(values), -1))}, np.array(labels).reshape(-1, 1))


TRAIN, TEST = planted(200, 1), planted(200, 2)


def test_distance_to_one_neighbour_by_hand():
    # K = 1, D = 1, L = 0, alpha = q / 1.1: d^2 = 1 - 2 q^2 / 1.1 + q^2 / 1.21 for q = 1/2.
    distance = hyperplane_distance(np.array([[[1.0]]]), np.array([[0.5]]), 0.1, 0.1)
    assert distance == pytest.approx([np.sqrt(1 - 0.5 / 1.1 + 0.25 / 1.21)])


def test_distance_to_two_neighbours_by_hand():
    kernel = np.array([[[1, 0.5], [0.5, 1]]] * 2)
    # Along (1, 1) K is 1.5 and L is 0: alpha = 0.3 / 1.6 each.
    # Along (1, -1) K is 0.5 and L is 1 - 0.5/1.5 = 2/3: alpha = 0.3 / (0.5 + 0.1 + 0.0667) = 0.45 each.
    alpha = 0.3 / 1.6
    expected = [1 - 4 * 0.3 * alpha + 2 * 1.5 * alpha**2, 1 - 4 * 0.3 * 0.45 + 2 * 0.5 * 0.45**2]
    distance = hyperplane_distance(kernel, np.array([[0.3, 0.3], [0.3, -0.3]]), 0.1, 0.1)
    assert distance == pytest.approx(np.sqrt(expected))


def test_score_is_the_equations_with_centred_rows():
    """The article's steps one by one, with neighbours and query centred on the neighbours' mean."""
    learner = fitted(TRAIN, neighbours=7)
    gammas, weights = learner.kernels.gammas, learner.weights[1]
    rbf = lambda x, y, gamma: np.exp(-gamma * ((x[:, None] - y[None]) ** 2).sum(axis=2))  # noqa: E731
    query = [
        (TEST.views[name].values[:1] - low) / span
        for name, low, span in zip("ab", learner.kernels.low, learner.kernels.span)
    ]
    distances = []
    for c in (0, 1):
        members = np.flatnonzero(TRAIN.labels[:, 1] == c)
        rows = [view[members] for view in learner.kernels.train]
        to_query = sum(w * rbf(x, q, g)[:, 0] for w, x, q, g in zip(weights, rows, query, gammas))
        nearest = np.argsort(np.sqrt(2 - 2 * to_query), kind="stable")[:7]
        kernel, k1 = np.zeros((7, 7)), np.zeros(7)
        for w, x, q, g in zip(weights, rows, query, gammas):
            mean = x[nearest].mean(axis=0)
            kernel += w * rbf(x[nearest] - mean, x[nearest] - mean, g)
            k1 += w * rbf(x[nearest] - mean, q - mean, g)[:, 0]
        degree = np.diag(1 / np.sqrt(kernel.sum(axis=1)))
        laplacian = np.eye(7) - degree @ kernel @ degree
        alpha = np.linalg.inv(kernel + 0.1 * np.eye(7) + 0.1 * laplacian) @ k1
        distances.append(np.sqrt(1 - 2 * k1 @ alpha + alpha @ kernel @ alpha))
    assert learner.score(TEST)[0, 1] == pytest.approx(distances[0] / sum(distances), abs=1e-6)


def test_a_row_near_the_positive_rows_scores_high():
    train = one_view([0, 0.1, 0.2, 5, 5.1, 5.2], [0, 0, 0, 1, 1, 1])
    scores = fitted(train, neighbours=2, gammas=5.0).score(one_view([0.05, 5.05], [0, 0]))[:, 0]
    assert scores[0] < 0.3
    assert scores[1] > 0.7


def test_a_class_with_fewer_than_k_members_gives_all_of_them():
    train = one_view([0, 1, 2, 3, 10], [0, 0, 0, 0, 1])
    few = fitted(train, neighbours=4).score(train)
    assert np.isfinite(few).all()
    assert np.array_equal(few, fitted(train, neighbours=50).score(train))
    assert few[4, 0] == few.max()


@pytest.mark.parametrize("only", [0, 1])
def test_a_label_of_one_class_gives_that_class(only):
    train = one_view([0, 1, 2], [only] * 3)
    assert (fitted(train).score(TEST_LINE) == only).all()


TEST_LINE = one_view([0.5, 7.0], [0, 0])


def test_equal_rows_are_in_doubt():
    train = one_view([1, 1, 1, 1], [0, 1, 0, 1])
    assert fitted(train).score(train) == pytest.approx(np.full((4, 1), 0.5))


def test_many_queries_are_scored_as_few():
    many = np.concatenate([TEST.views["a"].values] * 3), np.concatenate([TEST.views["b"].values] * 3)
    rows = Rows({"a": Features(many[0]), "b": Features(many[1])}, np.zeros((600, 0)))
    learner = fitted(TRAIN)
    assert learner.score(rows)[400:] == pytest.approx(learner.score(TEST))


def test_fitted_together_each_scores_as_fitted_alone(monkeypatch):
    """Two settings of one gamma, a third of another, on two training parts: the kernels are made once per gamma."""
    made = []
    monkeypatch.setattr(mkghknn, "weighted_kernels", lambda *given: made.append(given[1]) or weighted_kernels(*given))
    points = [{"gammas": 1.0}, {"gammas": 1.0, "neighbours": 5}, {"gammas": 4.0}]
    parts = [(TRAIN, TEST), (planted(120, 3), TEST)]
    pairs = [(changes, part) for changes in points for part in parts]
    learners = [Learner(SETTINGS | changes, LOCATIONS, 1) for changes, _ in pairs]
    assert Learner.fit_many(learners, [part for _, part in pairs]) == [[]] * 6
    assert sorted(made) == [[1 / 4, 1 / 5]] * 2 + [[4 / 4, 4 / 5]] * 2
    scores = [learner.score(TEST) for learner in learners]
    for own, (changes, (train, _)) in zip(scores, pairs, strict=True):
        assert np.array_equal(own, fitted(train, **changes).score(TEST))
    # They do differ, so that the test can fail.
    assert len({own.tobytes() for own in scores}) == 6


def test_the_articles_gammas_go_by_width():
    widths = {"nac": 4, "cksnap": 96, "kmer1234": 340, "kmer4": 256, "rckmer": 32}
    random = np.random.default_rng(0)
    views = {name: Features(random.random((6, width))) for name, width in widths.items()}
    learner = fitted(Rows(views, np.array([[0], [1]] * 3)), gammas="paper")
    assert learner.kernels.gammas == pytest.approx([1, 0.25, 3.05e-5, 3.05e-5, 9.77e-4], rel=1e-3)


def test_a_number_is_divided_by_the_width():
    assert fitted(TRAIN, gammas=2.0).kernels.gammas.tolist() == [2 / 4, 2 / 5]


def test_a_view_without_a_published_gamma_is_refused():
    with pytest.raises(InputError, match=r"no gamma for the view 'b' of 5 columns(.|\n)*4, 96, 340, 256, 32"):
        fitted(TRAIN, gammas="paper")
