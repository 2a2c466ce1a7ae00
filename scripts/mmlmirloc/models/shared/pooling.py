"""How a view by position becomes eq. 6's n x d, on which the paper is silent."""

from collections.abc import Callable, Mapping

import numpy as np

from mmlmirloc.errors import InputError
from mmlmirloc.features import Features


def _mean_filled(values: np.ndarray, filled: np.ndarray) -> np.ndarray:
    return values.sum(axis=1) / np.maximum(filled.sum(axis=1), 1)


def _mean_all(values: np.ndarray, filled: np.ndarray) -> np.ndarray:
    return values.sum(axis=1) / np.float32(values.shape[1])


def _extreme(reduce: Callable, start: float) -> Callable:
    def pool(values: np.ndarray, filled: np.ndarray) -> np.ndarray:
        found = reduce(np.where(filled, values, np.float32(start)), axis=1)
        return np.where(filled.any(axis=1), found, 0)

    return pool


# Name -> function of values (n, positions, width), zero where not filled, and filled (n, positions, 1).
POOLINGS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "mean_filled": _mean_filled,
    "mean_all": _mean_all,
    "maximum": _extreme(np.max, -np.inf),
    "minimum": _extreme(np.min, np.inf),
    "channels": lambda values, filled: values.mean(axis=2),
    "flatten": lambda values, filled: values.reshape(len(values), -1),
}
# Joins poolings whose results are to stand side by side.
JOINT = "+"


def pooled(views: Mapping[str, Features], pooling: Mapping[str, str]) -> list[np.ndarray]:
    """Return each view as a matrix; one without positions stays as it is.

    With n rows, p positions and width w, a view by position becomes, by the name of its pooling:

    ========================  ===========  ===================================================================
    ``mean_filled``           (n, w)       mean over the row's filled positions
    ``mean_all``              (n, w)       their sum / p: padding counts as zeros, so the length of a row shows
    ``maximum``, ``minimum``  (n, w)       over the filled positions
    ``channels``              (n, p)       mean over the width at each position, 0 at padding
    ``flatten``               (n, p w)     all positions side by side, 0 at padding
    ``<name>+<name>``         sum of both  several of them side by side, such as ``mean_all+maximum``
    ========================  ===========  ===================================================================

    A row without a filled position gives zeros.

    Parameters
    ----------
    views : mapping of str to Features
        View id to features of the same n rows.
    pooling : mapping of str to str
        View id to the name of its pooling; views without positions need none.

    Raises
    ------
    InputError
        When a view by position has no pooling.
    """
    return [_pool(features, pooling, view) for view, features in views.items()]


def _pool(features: Features, pooling: Mapping[str, str], view: str) -> np.ndarray:
    if features.values.ndim == 2:
        return features.values
    if view not in pooling:
        raise InputError(
            f"No pooling for the view '{view}'",
            "pooling under learners of the config, or overrides in config/models.tsv",
            f"for each kind of view by position one or more of {', '.join(POOLINGS)}, joined by {JOINT}",
            "correct the setting",
        )
    filled = features.filled()[:, :, None]
    values = np.where(filled, features.values, np.float32(0))
    return np.concatenate([POOLINGS[name](values, filled) for name in pooling[view].split(JOINT)], axis=1).astype(
        np.float32
    )
