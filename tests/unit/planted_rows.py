"""Rows of two views with a planted signal, for the tests of learners."""

import numpy as np

from mmlmirloc.features import Features, Rows

# Settings with which these few rows suffice.
SETTINGS = {
    "mksvm": {"gamma_scale": 1.0, "C": 1.0},
    "mkghknn": {"neighbours": 20, "lambda": 0.1, "beta": 0.1, "gammas": 1.0},
    "ncrnalocate_el_like": {
        "trees": 40,
        "min_samples_leaf": 1,
        "chains": 2,
        "C": 1.0,
        "labelsets": 6,
        "labelset_size": 2,
        "neighbours": 10,
    },
    "forest": {
        "trees": 30,
        "splits": "best",
        "min_samples_leaf": 2,
        "max_leaf_nodes": 0,
        "bootstrap": True,
        "max_features": "sqrt",
    },
}


def planted(n, seed, widths, threshold=0.3, loudness=1):
    """Rows of two views; the first column of each drives one label, the third label is noise.

    ``loudness`` multiplies the two columns that matter, for learners that go by distances.
    """
    random = np.random.default_rng(seed)
    first, second = (random.normal(size=(n, width)) for width in widths)
    labels = np.stack([first[:, 0] > 0, second[:, 0] > threshold, random.random(n) < 0.3], axis=1).astype(int)
    first[:, 0], second[:, 0] = loudness * first[:, 0], loudness * second[:, 0]
    return Rows({"a": Features(first.astype(np.float32)), "b": Features(second.astype(np.float32))}, labels)
