"""PMiSLocMF (like): what a row is, and that each part of it is learnt from."""

import numpy as np
import pytest

from mmlmirloc.declarations import defaults
from mmlmirloc.features import Features, Rows
from mmlmirloc.models.pmislocmf_like import Learner, mean_of_partners, neighbours

SETTINGS = defaults(Learner.SETTINGS) | {"networks": 1, "width": 8, "encoder_epochs": 20, "epochs": 60, "patience": 60}
LOCATIONS = ["nucleus"]


def test_a_row_is_the_mean_of_its_known_partners():
    # The last partner is of no training row.
    vectors = np.array([[2.0, 0], [0, 4], [0, 0]])
    found = mean_of_partners(np.array([[1, 1, 0], [0, 1, 1], [0, 0, 0], [0, 0, 1]]), vectors)
    assert found.tolist() == [[1, 2], [0, 4], [0, 0], [0, 0]] and found.dtype == np.float32


def test_neighbours_share_most_partners_and_not_all():
    known = np.float32([[1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 0, 0]])
    # Cosines of the first: itself 1, 2 / sqrt(4 * 2) = .71 and nothing; of three equal ones to the first .87 and to
    # the second .82.
    assert neighbours(known, known, 0.8).tolist() == [[], []]
    assert neighbours(np.float32([[1, 1, 1, 0]]), known, 0.8).tolist() == [[0, 0], [0, 1]]
    assert neighbours(known[:1], known, 0.7).tolist() == [[0], [1]]


def test_a_row_is_placed_as_a_training_row_with_the_same_partners_is():
    train, validation, _ = planted("diseases")
    learner = Learner(SETTINGS | {"epochs": 1}, LOCATIONS, 1)
    learner.fit(train, validation)
    whole = learner.score(train)
    for index in (0, 7):
        alone = Rows({name: view.rows(np.array([index])) for name, view in train.views.items()}, np.empty((1, 0)))
        assert learner.score(alone) == pytest.approx(whole[[index]], abs=1e-6)


def rows(pairs, others, labels):
    views = {"diseases": Features(np.float32(pairs)), "words": Features(np.float32(others))}
    return Rows(views, np.asarray(labels).reshape(-1, 1))


def planted(part, count=240, seed=3):
    """Rows whose label shows in one of the two parts: in who their partners are, or in a column beside them."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, size=count)
    pairs = random.random((count, 12)) < 0.3
    others = random.normal(size=(count, 4))
    if part == "diseases":
        # The same number of partners, from another half.
        pairs = np.zeros((count, 12), dtype=bool)
        for row, label in zip(pairs, labels):
            row[random.choice(6, 3, replace=False) + 6 * label] = True
    else:
        others[:, 0] += 3 * labels
    whole = rows(pairs, others, labels)
    return [
        Rows({name: view.rows(index) for name, view in whole.views.items()}, whole.labels[index])
        for index in np.split(np.arange(count), [140, 180])
    ]


@pytest.mark.parametrize("part", ["diseases", "words"])
def test_a_signal_in_either_part_is_learnt(part):
    train, validation, test = planted(part)
    learner = Learner(SETTINGS, LOCATIONS, 1)
    learner.fit(train, validation)
    assert ((learner.score(test) > 0.5) == test.labels).mean() > 0.9


def test_vectors_and_encoder_are_those_of_the_training_rows():
    train, validation, _ = planted("diseases")
    kept = []
    for other in (validation, rows(np.ones((40, 12)), np.ones((40, 4)), np.arange(40) % 2)):
        learner = Learner(SETTINGS | {"epochs": 1}, LOCATIONS, 1)
        learner.fit(train, other)
        kept.append(learner.reference)
    assert kept[0].keys() == kept[1].keys() and kept[0]["network_0.pairs"].shape == (140, 12)
    assert all(np.array_equal(kept[0][name], kept[1][name]) for name in kept[0])


def test_a_row_with_fewer_views_than_networks_is_refused():
    with pytest.raises(ValueError, match="takes 2 networks, and the row has 1 views"):
        Learner.check(SETTINGS | {"networks": 2}, ["diseases"], LOCATIONS)
