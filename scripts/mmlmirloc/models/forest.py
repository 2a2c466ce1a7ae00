"""A forest of decision trees whose classes are the label sets."""

from collections.abc import Hashable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.features import Rows, side_by_side
from mmlmirloc.files import damaged, read_arrays, write_arrays
from mmlmirloc.models import base
from mmlmirloc.models.base import History
from mmlmirloc.models.shared.trees import fit_forest, score_forest


class Learner(base.Learner):
    """Forest as a label powerset: a class for each label set of the training rows.

    One tree with all rows and columns is a plain decision tree.
    """

    SETTINGS = (
        Setting("trees", int, "number of trees", default=150, minimum=1),
        Setting(
            "splits",
            str,
            "whether the best threshold of a node is looked for (random forest) or one is drawn (extremely randomised"
            " trees)",
            default="random",
            choices=("best", "random"),
        ),
        Setting("min_samples_leaf", int, "rows that a leaf holds at least", default=4, minimum=1),
        Setting("max_leaf_nodes", int, "most leaves of a tree, 0 for no limit", default=0, minimum=0),
        Setting("bootstrap", bool, "whether each tree sees rows drawn with replacement", default=False),
        Setting(
            "max_features",
            float,
            "columns that a node looks at: sqrt of their number, or a share of them",
            default=0.3,
            above=0,
            maximum=1,
            choices=("sqrt",),
        ),
    )

    def __init__(self, settings: Mapping[str, Any], locations: list[str], seed: int):
        super().__init__(settings, locations, seed)
        self.forest: dict[str, np.ndarray] = {}

    def fit(self, train: Rows, validation: Rows, shared: MutableMapping[Hashable, Any] | None = None) -> History:
        """Fit on ``train``; ``validation`` is not looked at. Returns no history."""
        settings = self.settings
        self.forest = fit_forest(
            side_by_side(train.views),
            train.labels.astype(np.int64),
            n_estimators=settings["trees"],
            min_samples_leaf=settings["min_samples_leaf"],
            max_leaf_nodes=settings["max_leaf_nodes"] or None,
            bootstrap=settings["bootstrap"],
            splits=settings["splits"],
            max_features=settings["max_features"],
            random_state=self.seed,
        )
        return []

    def score_some(self, rows: Rows) -> np.ndarray:
        """Return the mean over trees of the share of each location in the row's leaf, shape (n, locations)."""
        return score_forest(self.forest, side_by_side(rows.views))

    def save(self, path: Path) -> None:
        """Write the nodes as npz."""
        write_arrays(path, **self.forest)

    @classmethod
    def load(cls, path: Path, settings: Mapping[str, Any], locations: list[str]) -> "Learner":
        """Read back what :meth:`save` wrote."""
        learner = cls(settings, locations, 0)
        learner.forest = read_arrays(path)
        if "roots" not in learner.forest:
            raise damaged(path, KeyError("roots"))
        return learner
