"""Ridge regression of each location on all views side by side."""

from collections.abc import Hashable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.features import Rows, side_by_side
from mmlmirloc.files import read_arrays, write_arrays
from mmlmirloc.models import base


class Learner(base.Learner):
    """Linear in the columns of the views; what lies outside 0 to 1 is cut."""

    SETTINGS = (Setting("penalty", float, "weight of the squared coefficients", default=1.0, above=0),)

    def fit(self, train: Rows, validation: Rows, shared: MutableMapping[Hashable, Any] | None = None) -> base.History:
        """Fit on ``train``; there are no epochs, so nothing is chosen on ``validation``."""
        values, labels = side_by_side(train.views), train.labels
        self.state = {"centre": values.mean(axis=0), "shares": labels.mean(axis=0)}
        centred = values - self.state["centre"]
        square = centred.T @ centred + self.settings["penalty"] * np.eye(centred.shape[1])
        self.state["weights"] = np.linalg.solve(square, centred.T @ (labels - self.state["shares"]))
        return []

    def score_some(self, rows: Rows) -> np.ndarray:
        """Return scores in [0, 1], shape (n, locations)."""
        centred = side_by_side(rows.views) - self.state["centre"]
        return np.clip(self.state["shares"] + centred @ self.state["weights"], 0, 1)

    def save(self, path: Path) -> None:
        """Write the coefficients as npz."""
        write_arrays(path, **self.state)

    @classmethod
    def load(cls, path: Path, settings: Mapping[str, Any], locations: list[str]) -> "Learner":
        """Read them back."""
        learner = cls(settings, locations, 0)
        learner.state = read_arrays(path)
        return learner
