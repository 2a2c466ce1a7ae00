"""Learners of rows: what is planted is found, noise is not, and shuffled labels teach nothing."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from mmlmirloc.features import Features, Rows
from mmlmirloc.models import forest, mkghknn, mksvm, ncrnalocate_el_like

LOCATIONS = ["nucleus", "exosome", "microvesicle"]
LEARNERS = {
    "mksvm": (mksvm, {"gamma_scale": 1.0, "C": 1.0}),
    "mkghknn": (mkghknn, {"neighbours": 20, "lambda": 0.1, "beta": 0.1, "gammas": 1.0}),
    "ncrnalocate_el_like": (
        ncrnalocate_el_like,
        {
            "trees": 40,
            "min_samples_leaf": 1,
            "chains": 2,
            "C": 1.0,
            "labelsets": 6,
            "labelset_size": 2,
            "neighbours": 10,
        },
    ),
    "forest": (
        forest,
        {
            "trees": 100,
            "splits": "best",
            "min_samples_leaf": 2,
            "max_leaf_nodes": 0,
            "bootstrap": True,
            "max_features": "sqrt",
        },
    ),
}


def planted(n, seed):
    """Rows of two views; the first column of each view drives one label, the third label is noise."""
    random = np.random.default_rng(seed)
    first, second = random.normal(size=(n, 3)), random.normal(size=(n, 4))
    labels = np.stack([first[:, 0] > 0, second[:, 0] > 0.3, random.random(n) < 0.3], axis=1).astype(int)
    # Learners that go by distances hear the first column above the others.
    first[:, 0], second[:, 0] = 3 * first[:, 0], 3 * second[:, 0]
    return Rows({"a": Features(first.astype(np.float32)), "b": Features(second.astype(np.float32))}, labels)


TRAIN, VALIDATION, TEST = planted(150, 1), planted(5, 9), planted(200, 2)


def scored(name, labels):
    """Scores of the test rows by a learner that was shown ``labels``."""
    module, settings = LEARNERS[name]
    learner = module.Learner(settings, LOCATIONS, 1)
    learner.fit(Rows(TRAIN.views, labels), VALIDATION)
    return learner.score(TEST)


def areas(scores):
    """ROC-AUC of each label."""
    return [roc_auc_score(TEST.labels[:, place], scores[:, place]) for place in range(len(LOCATIONS))]


@pytest.mark.parametrize("name", LEARNERS)
def test_a_planted_signal_is_found_and_noise_is_not(name):
    scores = scored(name, TRAIN.labels)
    assert scores.shape == (200, 3)
    assert scores.min() >= 0 and scores.max() <= 1
    first, second, noise = areas(scores)
    assert min(first, second) > 0.9
    assert abs(noise - 0.5) < 0.12


@pytest.mark.parametrize("name", LEARNERS)
def test_shuffled_labels_teach_nothing(name):
    orders = [np.random.default_rng(seed).permutation(len(TRAIN)) for seed in range(6)]
    found = [areas(scored(name, TRAIN.labels[order]))[:2] for order in orders]
    assert abs(np.mean(found) - 0.5) < 0.1
