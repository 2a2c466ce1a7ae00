"""Learners of rows: what is planted is found, noise is not, and shuffled labels teach nothing."""

import numpy as np
import pytest
from planted_rows import SETTINGS, planted
from sklearn.metrics import roc_auc_score

from mmlmirloc.features import Rows
from mmlmirloc.models import forest, mkghknn, mksvm, ncrnalocate_el_like

LOCATIONS = ["nucleus", "exosome", "microvesicle"]
MODULES = {"mksvm": mksvm, "mkghknn": mkghknn, "ncrnalocate_el_like": ncrnalocate_el_like, "forest": forest}
OVERRIDES = {"forest": {"trees": 100}}
TRAIN, VALIDATION, TEST = (planted(n, seed, (3, 4), loudness=3) for n, seed in ((150, 1), (5, 9), (200, 2)))


def scored(name, labels):
    """Scores of the test rows by a learner that was shown ``labels``."""
    learner = MODULES[name].Learner(SETTINGS[name] | OVERRIDES.get(name, {}), LOCATIONS, 1)
    learner.fit(Rows(TRAIN.views, labels), VALIDATION)
    return learner.score(TEST)


def areas(scores):
    """ROC-AUC of each label."""
    return [roc_auc_score(TEST.labels[:, place], scores[:, place]) for place in range(len(LOCATIONS))]


@pytest.mark.parametrize("name", MODULES)
def test_a_planted_signal_is_found_and_noise_is_not(name):
    scores = scored(name, TRAIN.labels)
    assert scores.shape == (200, 3)
    assert scores.min() >= 0 and scores.max() <= 1
    first, second, noise = areas(scores)
    assert min(first, second) > 0.9
    assert abs(noise - 0.5) < 0.12


@pytest.mark.parametrize("name", MODULES)
def test_shuffled_labels_teach_nothing(name):
    orders = [np.random.default_rng(seed).permutation(len(TRAIN)) for seed in range(6)]
    found = [areas(scored(name, TRAIN.labels[order]))[:2] for order in orders]
    assert abs(np.mean(found) - 0.5) < 0.1
