"""What rows are known to go with, such as diseases or drugs."""

import numpy as np

from mmlmirloc.features import Features


def known_pairs(view: Features) -> np.ndarray:
    """Return 1 where a row's column is above 0, a known pair, else 0; float32, shape (n, columns)."""
    return (view.values > 0).reshape(len(view.values), -1).astype(np.float32)
