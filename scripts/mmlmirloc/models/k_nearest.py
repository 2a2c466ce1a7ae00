"""The mean location set of the nearest training rows, by distance in the columns of the views."""

from collections.abc import Hashable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.features import Rows, side_by_side
from mmlmirloc.files import damaged, read_arrays, write_arrays
from mmlmirloc.models import base
from mmlmirloc.models.base import History


class Learner(base.Learner):
    """K nearest neighbours (Cover & Hart 1967): the share of each location among the k nearest training rows.

    The distance is Euclidean, each column in units of its standard deviation over training rows. Rows as near as the
    k-th count as well, so that nothing depends on an order of rows. Nothing here is random.
    """

    SETTINGS = (Setting("neighbours", int, "nearest training rows", default=20, minimum=1),)

    def __init__(self, settings: Mapping[str, Any], locations: list[str], seed: int):
        super().__init__(settings, locations, seed)
        self.state: dict[str, np.ndarray] = {}

    def fit(self, train: Rows, validation: Rows, shared: MutableMapping[Hashable, Any] | None = None) -> History:
        """Keep the rows of ``train``; ``validation`` is not looked at. Returns no history."""
        values = side_by_side(train.views)
        spread = values.std(axis=0)
        # A column with one value tells nothing, and is left as it is.
        self.state = {"values": values, "spread": np.where(spread > 0, spread, 1), "labels": train.labels}
        return []

    def score_some(self, rows: Rows) -> np.ndarray:
        """Return the mean labels of the nearest training rows, shape (n, locations)."""
        # Pair by pair, so that equally near rows are equally near in the last bit as well.
        from scipy.spatial.distance import cdist

        spread = self.state["spread"]
        distances = cdist(side_by_side(rows.views) / spread, self.state["values"] / spread)
        place = min(self.settings["neighbours"], distances.shape[1]) - 1
        near = distances <= np.partition(distances, place, axis=1)[:, place, None]
        return near @ self.state["labels"] / near.sum(axis=1, keepdims=True)

    def save(self, path: Path) -> None:
        """Write the training rows as npz."""
        write_arrays(path, **self.state)

    @classmethod
    def load(cls, path: Path, settings: Mapping[str, Any], locations: list[str]) -> "Learner":
        """Read back what :meth:`save` wrote."""
        learner = cls(settings, locations, 0)
        learner.state = read_arrays(path)
        if not {"values", "spread", "labels"} <= learner.state.keys():
            raise damaged(path, KeyError("values, spread, labels"))
        return learner
