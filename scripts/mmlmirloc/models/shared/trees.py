"""Forests whose classes are label sets, as plain arrays: what the forest learners share."""

from collections.abc import Mapping
from typing import Any

import numpy as np

# Rows that go through the trees together: what is known of them fits into a processor's cache.
BLOCK = 256


def fit_forest(values: np.ndarray, labels: np.ndarray, splits: str = "best", **options: Any) -> dict[str, np.ndarray]:
    """Fit scikit-learn's forest, its classes the distinct rows of ``labels``; see :func:`flat_forest`.

    Parameters
    ----------
    values : numpy.ndarray
        Shape (n, width).
    labels : numpy.ndarray
        Shape (n, labels), 0 or 1.
    splits : str
        ``best``: the best threshold of each column is looked for (random forest, Breiman 2001); ``random``: one is
        drawn (extremely randomised trees, Geurts et al. 2006).
    **options
        Of ``RandomForestClassifier``.
    """
    from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

    forests = {"best": RandomForestClassifier, "random": ExtraTreesClassifier}
    kinds, classes = np.unique(labels, axis=0, return_inverse=True)
    return flat_forest(forests[splits](n_jobs=1, **options).fit(values, classes), kinds)


def flat_forest(forest: Any, kinds: np.ndarray) -> dict[str, np.ndarray]:
    """Lay the trees of a fitted scikit-learn forest end to end.

    Thousands of tree objects take skops half a minute to write; these few arrays take a second.

    Parameters
    ----------
    forest : RandomForestClassifier
        Fitted on the classes 0, 1, ...
    kinds : numpy.ndarray
        Shape (classes, labels): the label set that each class stands for.

    Returns
    -------
    dict
        ``roots``, shape (trees,); per node ``left`` and ``right`` (the node itself for a leaf), ``feature`` and
        ``threshold``; ``share``, shape (nodes, labels): the summed probability of the classes that hold a label.
    """
    trees = [estimator.tree_ for estimator in forest.estimators_]
    sizes = np.array([tree.node_count for tree in trees])
    roots = np.cumsum(sizes) - sizes
    offset = np.repeat(roots, sizes)
    left, right, feature, threshold = (
        np.concatenate([getattr(tree, name) for tree in trees])
        for name in ("children_left", "children_right", "feature", "threshold")
    )
    leaf = left < 0
    itself = np.arange(len(left))
    return {
        "roots": roots,
        "left": np.where(leaf, itself, left + offset).astype(np.int32),
        "right": np.where(leaf, itself, right + offset).astype(np.int32),
        "feature": np.where(leaf, 0, feature).astype(np.int32),
        "threshold": threshold,
        "share": np.concatenate([tree.value[:, 0] for tree in trees]) @ kinds,
    }


def score_forest(forest: Mapping[str, np.ndarray], values: np.ndarray) -> np.ndarray:
    """Return (n, labels): the mean over trees of each row's leaf share."""
    # scikit-learn's trees compare single precision values.
    values = np.ascontiguousarray(values, dtype=np.float32)
    child = np.stack([forest["left"], forest["right"]], axis=1).ravel().astype(np.intp)
    nodes = {name: forest[name].astype(np.intp) for name in ("roots", "feature")}
    blocks = [values[start : start + BLOCK] for start in range(0, max(len(values), 1), BLOCK)]
    return np.concatenate([_score_block(forest, nodes["roots"], nodes["feature"], child, block) for block in blocks])


def _score_block(
    forest: Mapping[str, np.ndarray], roots: np.ndarray, feature: np.ndarray, child: np.ndarray, values: np.ndarray
) -> np.ndarray:
    """Return :func:`score_forest` of a few rows; ``child`` holds left and right of each node in turn."""
    flat, (rows, width) = values.ravel(), values.shape
    row = np.tile(np.arange(rows) * width, len(roots))
    node = np.repeat(roots, rows)
    while True:
        # As scikit-learn has it, what is no number goes to the right.
        right = ~(flat.take(row + feature.take(node)) <= forest["threshold"].take(node))
        below = child.take(2 * node + right)
        if np.array_equal(below, node):
            return forest["share"].take(node, axis=0).reshape(len(roots), rows, forest["share"].shape[1]).mean(axis=0)
        node = below
