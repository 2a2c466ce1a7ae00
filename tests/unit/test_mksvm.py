from functools import partial

import numpy as np
import planted_rows
import pytest

from mmlmirloc.features import Features, Rows
from mmlmirloc.models import mksvm
from mmlmirloc.models.mksvm import Learner
from mmlmirloc.models.shared.kernels import ViewKernels, hsic_weights, weighted_kernels

SETTINGS = planted_rows.SETTINGS["mksvm"]
LOCATIONS = ["nucleus", "exosome", "microvesicle"]


planted = partial(planted_rows.planted, widths=(4, 6), threshold=0.5)


def fitted(train, validation=None, settings=SETTINGS, seed=1):
    learner = Learner(settings, LOCATIONS[: train.labels.shape[1]], seed)
    assert learner.fit(train, validation or planted(5, 9)) == []
    return learner


TRAIN, TEST = planted(150, 1), planted(200, 2)


def test_scores_are_those_of_scikit_learns_calibrated_machine():
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.model_selection import StratifiedKFold
    from sklearn.svm import SVC

    # gamma is gamma_scale over the width of each view.
    kernels = ViewKernels.fit(TRAIN.views, [1 / 4, 1 / 6])
    weights = hsic_weights(kernels.among(), TRAIN.labels)
    scores = fitted(TRAIN).score(TEST)
    for j in range(3):
        machine = CalibratedClassifierCV(
            SVC(kernel="precomputed", C=1.0),
            cv=StratifiedKFold(5, shuffle=True, random_state=1),
            ensemble=False,
        )
        machine.fit(np.tensordot(weights[j], kernels.among(), axes=1), TRAIN.labels[:, j])
        expected = machine.predict_proba(np.tensordot(weights[j], kernels.between(TEST.views), axes=1))[:, 1]
        # The sums of the kernel differ in the last bit from one processor's BLAS to another's, and the machine stops at
        # a tolerance: 1.1e-9 was seen.
        assert scores[:, j] == pytest.approx(expected, abs=1e-7)


def test_a_label_that_cannot_be_calibrated_gets_its_share():
    labels = np.zeros((150, 3), dtype=int)
    labels[:, 1] = 1
    labels[0, 2] = 1
    scores = fitted(Rows(TRAIN.views, labels)).score(TEST)
    assert (scores == [0, 1, 1 / 150]).all()


def test_two_members_are_enough():
    labels = TRAIN.labels.copy()
    labels[:, 2] = 0
    labels[:2, 2] = 1
    scores = fitted(Rows(TRAIN.views, labels)).score(TEST)
    assert np.isfinite(scores).all()


def test_equal_rows_give_equal_scores():
    same = Rows({"a": Features(np.ones((10, 3), np.float32))}, np.array([[0], [1]] * 5))
    scores = fitted(same).score(same)
    assert np.isfinite(scores).all()
    assert len(np.unique(scores)) == 1


def test_fitted_together_each_scores_as_fitted_alone(monkeypatch):
    """Two settings of one gamma, a third of another, on two training parts: the kernels are made once per gamma."""
    made = []
    monkeypatch.setattr(mksvm, "weighted_kernels", lambda *given: made.append(given[1]) or weighted_kernels(*given))
    points = [{"gamma_scale": 1.0, "C": 1.0}, {"gamma_scale": 1.0, "C": 0.05}, {"gamma_scale": 8.0, "C": 1.0}]
    parts = [(TRAIN, TEST), (planted(120, 3), TEST)]
    pairs = [(settings, part, seed) for settings in points for seed, part in enumerate(parts, start=1)]
    learners = [Learner(settings, LOCATIONS, seed) for settings, _, seed in pairs]
    assert Learner.fit_many(learners, [part for _, part, _ in pairs]) == [[]] * 6
    assert sorted(made) == [[1 / 4, 1 / 6]] * 2 + [[8 / 4, 8 / 6]] * 2
    scores = [learner.score(TEST) for learner in learners]
    for own, (settings, (train, _), seed) in zip(scores, pairs, strict=True):
        assert np.array_equal(own, fitted(train, settings=settings, seed=seed).score(TEST))
    # They do differ, so that the test can fail.
    assert len({own.tobytes() for own in scores}) == 6


def test_settings_matter():
    loose = fitted(TRAIN, settings={"gamma_scale": 1.0, "C": 1e-3}).score(TEST)
    narrow = fitted(TRAIN, settings={"gamma_scale": 50.0, "C": 1.0}).score(TEST)
    usual = fitted(TRAIN).score(TEST)
    assert not np.allclose(loose, usual)
    assert not np.allclose(narrow, usual)
