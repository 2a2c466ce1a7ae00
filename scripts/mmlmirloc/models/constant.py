"""Predictors that never look at a sequence: what every learner has to beat."""

from collections.abc import Hashable, Mapping, MutableMapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.features import Rows
from mmlmirloc.files import read_arrays, write_arrays
from mmlmirloc.models import base
from mmlmirloc.models.base import History
from mmlmirloc.objectives import OBJECTIVES, value_of


class Learner(base.Learner):
    """Always the same set of locations: the one that is named, or the best of all by a metric on the training rows.

    Of equally good sets the smaller is taken, then the first in the order of the locations.
    """

    SETTINGS = (
        Setting("answer", str, "the locations, joined by +, or empty where the metric chooses them", default=""),
        Setting(
            "metric",
            str,
            "the metric that chooses the locations on training rows, or empty where they are named",
            default="",
            choices=("", *OBJECTIVES),
        ),
    )

    def __init__(self, settings: Mapping[str, Any], locations: list[str], seed: int):
        super().__init__(settings, locations, seed)
        self.answer = np.zeros(len(locations))

    @classmethod
    def check(cls, settings: Mapping[str, Any], views: Sequence[str], locations: Sequence[str]) -> None:
        """Refuse both or neither of answer and metric, and an answer of unknown locations."""
        answer, metric = settings["answer"], settings["metric"]
        if bool(answer) == bool(metric):
            what = f"The constant learner got answer '{answer}' and metric '{metric}'"
            raise ValueError(what, "exactly one of answer=... and metric=...")
        unknown = [name for name in answer.split("+") if answer and name not in locations]
        if unknown:
            what = f"The constant answer names an unknown location '{unknown[0]}'"
            raise ValueError(what, f"names among {', '.join(locations)}, joined by +")

    def fit(self, train: Rows, validation: Rows, shared: MutableMapping[Hashable, Any] | None = None) -> History:
        """Name the set, or choose it on ``train``."""
        named = self.settings["answer"].split("+")
        if self.settings["metric"]:
            self.answer = self._best(train.labels, self.settings["metric"])
        else:
            self.answer = np.array([float(location in named) for location in self.locations])
        return []

    def score_some(self, rows: Rows) -> np.ndarray:
        """Return 1 for the locations of the set, else 0."""
        return np.tile(self.answer, (len(rows), 1))

    def save(self, path: Path) -> None:
        """Write the answer."""
        write_arrays(path, answer=self.answer)

    @classmethod
    def load(cls, path: Path, settings: Mapping[str, Any], locations: list[str]) -> "Learner":
        """Read the answer back."""
        learner = cls(settings, locations, seed=0)
        learner.answer = read_arrays(path)["answer"]
        return learner

    def _best(self, labels: np.ndarray, metric: str) -> np.ndarray:
        sign = 1 if OBJECTIVES[metric].higher_is_better else -1
        candidates = sorted(
            product([0, 1], repeat=len(self.locations)), key=lambda answer: (sum(answer), [-x for x in answer])
        )
        values = [
            sign * value_of(metric, labels, np.tile(np.array(candidate, dtype=float), (len(labels), 1)))
            for candidate in candidates
        ]
        # Rounded, so that a tie is one whatever the order in which the rows were summed.
        return np.array(candidates[int(np.argmax(np.round(values, 9)))], dtype=float)
