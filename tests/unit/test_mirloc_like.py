"""MiRLoc (like): rows as their likeness to the training rows."""

import numpy as np
import pytest

from mmlmirloc.features import Features, Rows
from mmlmirloc.models import mksvm
from mmlmirloc.models.mirloc_like import Learner, directions

SETTINGS = {"gamma_scale": 2.0, "C": 4.0}
LOCATIONS = ["nucleus", "exosome"]


def test_partners_are_directions():
    found = directions(Features(np.array([[2, 1, 0, 0], [0, 0, 3, 0], [0, 0, 0, 0]])))
    assert found == pytest.approx(np.array([[0.5**0.5, 0.5**0.5, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]))


def planted(count, seed):
    """Rows of as many partners, from one half or the other by the first label; the second shows in a share."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, size=(count, 2))
    pairs = np.zeros((count, 16))
    for row, label in zip(pairs, labels[:, 0]):
        row[random.choice(8, 4, replace=False) + 8 * label] = 1
    shares = random.random((count, 3))
    shares[:, 0] += labels[:, 1]
    return Rows({"diseases": Features(pairs), "shares": Features(shares)}, labels)


TRAIN, TEST = planted(120, 1), planted(80, 2)


def fitted(train):
    learner = Learner(SETTINGS, LOCATIONS, 1)
    assert learner.fit(train, planted(5, 9)) == []
    return learner


def test_scores_are_those_of_mksvm_on_the_cosines():
    def as_cosines(rows):
        cosines = directions(rows.views["diseases"]) @ directions(TRAIN.views["diseases"]).T
        return Rows({"diseases": Features(cosines), "shares": rows.views["shares"]}, rows.labels)

    other = mksvm.Learner(SETTINGS, LOCATIONS, 1)
    other.fit(as_cosines(TRAIN), as_cosines(TEST))
    assert np.array_equal(fitted(TRAIN).score(TEST), other.score(as_cosines(TEST)))


def test_both_parts_are_learnt_from():
    from sklearn.metrics import roc_auc_score

    assert min(roc_auc_score(TEST.labels, fitted(TRAIN).score(TEST), average=None)) > 0.9


def test_partners_alone_are_enough():
    alone = [Rows({"diseases": rows.views["diseases"]}, rows.labels) for rows in (TRAIN, TEST)]
    scores = fitted(alone[0]).score(alone[1])
    assert ((scores[:, 0] > 0.5) == TEST.labels[:, 0]).mean() > 0.9


def test_a_row_without_partners_has_a_score():
    nothing = Rows({"diseases": Features(np.zeros((1, 16))), "shares": Features(np.zeros((1, 3)))}, np.empty((1, 0)))
    assert np.isfinite(fitted(TRAIN).score(nothing)).all()


def test_a_row_needs_a_view_of_partners():
    with pytest.raises(ValueError, match="no view"):
        Learner.check(SETTINGS, [], LOCATIONS)
