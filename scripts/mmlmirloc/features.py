"""What a view hands to a learner: values of rows, and how far each row is filled."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Features:
    """One view of n sequences.

    Attributes
    ----------
    values : numpy.ndarray
        Shape (n, width), or (n, positions, width) for a view by position (zero padded), or
        (n, positions) of integers for token numbers (0 is padding).
    lengths : numpy.ndarray or None
        Shape (n,): how many positions of each row are filled; None for a view without positions.
    """

    values: np.ndarray
    lengths: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.values)

    def rows(self, index: np.ndarray) -> "Features":
        """Return the rows ``index`` (integers or a boolean mask)."""
        return Features(self.values[index], None if self.lengths is None else self.lengths[index])

    def filled(self) -> np.ndarray:
        """Return (n, positions): which positions of each row are filled, for a view by position."""
        return np.arange(self.values.shape[1])[None, :] < self.lengths[:, None]

    def mean(self) -> np.ndarray:
        """Return (n, width): the mean over filled positions (a row with none gives zeros)."""
        if self.values.ndim == 2:
            return self.values
        total = np.einsum("npw,np->nw", self.values, self.filled().astype(self.values.dtype))
        return total / np.maximum(self.lengths, 1)[:, None].astype(self.values.dtype)


@dataclass(frozen=True)
class Rows:
    """Rows as a learner sees them: never a name, an accession or a fold.

    Attributes
    ----------
    views : dict of str to Features
        View id to features, all with the same n rows, in the order of the model's row.
    labels : numpy.ndarray
        Shape (n, locations), 0 or 1; an array of shape (n, 0) where labels are not to be seen.
    """

    views: dict[str, Features]
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)


def side_by_side(views: Mapping[str, Features]) -> np.ndarray:
    """Return all views as one matrix, float64, shape (n, sum of widths)."""
    return np.concatenate([features.mean() for features in views.values()], axis=1, dtype=np.float64)
