from functools import partial

import numpy as np
import planted_rows
import pytest

from mmlmirloc.features import Features, Rows, side_by_side
from mmlmirloc.models.mirnaloc import Learner

LOCATIONS = ["nucleus", "exosome", "microvesicle"]
SETTINGS = {"gamma_scale": 2.0, "C": 4.0}

planted = partial(planted_rows.planted, widths=(4, 6), threshold=0.5)
TRAIN, TEST = planted(150, 1), planted(200, 2)


def fitted(train, settings=SETTINGS):
    learner = Learner(settings, LOCATIONS, 1)
    assert learner.fit(train, planted(5, 9)) == []
    return learner


def test_scores_are_those_of_one_machine_on_all_scaled_columns():
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.model_selection import StratifiedKFold
    from sklearn.preprocessing import MinMaxScaler
    from sklearn.svm import SVC

    scaler = MinMaxScaler().fit(side_by_side(TRAIN.views))
    train, test = (scaler.transform(side_by_side(rows.views)) for rows in (TRAIN, TEST))
    scores = fitted(TRAIN).score(TEST)
    for number in range(3):
        # gamma is gamma_scale over the ten columns.
        machine = CalibratedClassifierCV(
            SVC(gamma=0.2, C=4.0), cv=StratifiedKFold(5, shuffle=True, random_state=1), ensemble=False
        ).fit(train, TRAIN.labels[:, number])
        assert scores[:, number] == pytest.approx(machine.predict_proba(test)[:, 1], abs=1e-6)


def test_how_columns_are_parted_into_views_changes_nothing():
    def as_one(rows):
        return Rows({"both": Features(side_by_side(rows.views))}, rows.labels)

    assert fitted(as_one(TRAIN)).score(as_one(TEST)) == pytest.approx(fitted(TRAIN).score(TEST), abs=1e-9)


def test_a_planted_signal_is_learnt():
    from sklearn.metrics import roc_auc_score

    areas = roc_auc_score(TEST.labels, fitted(TRAIN).score(TEST), average=None)
    assert min(areas[:2]) > 0.85 and areas[2] == pytest.approx(0.5, abs=0.15)


def test_settings_matter():
    usual = fitted(TRAIN).score(TEST)
    assert not np.allclose(fitted(TRAIN, {"gamma_scale": 50.0, "C": 4.0}).score(TEST), usual)
    assert not np.allclose(fitted(TRAIN, {"gamma_scale": 2.0, "C": 1e-3}).score(TEST), usual)
