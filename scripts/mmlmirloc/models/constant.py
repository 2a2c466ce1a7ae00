"""Predictors that never look at a sequence: what every learner has to beat."""

from collections.abc import Hashable, Mapping, MutableMapping
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from mmlmirloc.errors import InputError
from mmlmirloc.features import Rows
from mmlmirloc.files import read_arrays, write_arrays
from mmlmirloc.models import base
from mmlmirloc.models.base import History
from mmlmirloc.objectives import OBJECTIVES, value_of


class Learner(base.Learner):
    """Always the same set of locations.

    Settings, exactly one of them not empty:

    answer : str
        Location names joined by ``+``.
    metric : str
        Name in :data:`mmlmirloc.objectives.OBJECTIVES`: the set that is best by it on the training rows (ties: the
        first in the order of the locations, smaller sets first).
    """

    def __init__(self, settings: Mapping[str, Any], locations: list[str], seed: int):
        super().__init__(settings, locations, seed)
        self.answer = np.zeros(len(locations))

    def fit(self, train: Rows, validation: Rows, shared: MutableMapping[Hashable, Any] | None = None) -> History:
        """Name the set, or choose it on ``train``."""
        answer, metric = self.settings["answer"], self.settings["metric"]
        if bool(answer) == bool(metric):
            raise InputError(
                f"The constant learner got answer '{answer}' and metric '{metric}'",
                "config/models.tsv, overrides",
                "exactly one of answer=... and metric=...",
                "give one of them",
            )
        self.answer = self._named(answer.split("+")) if answer else self._best(train.labels, metric)
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

    def _named(self, names: list[str]) -> np.ndarray:
        unknown = [name for name in names if name not in self.locations]
        if unknown:
            raise InputError(
                f"The constant answer names an unknown location '{unknown[0]}'",
                "config/models.tsv, overrides",
                f"names among {', '.join(self.locations)}, joined by +",
                "correct the row",
            )
        return np.array([float(location in names) for location in self.locations])

    def _best(self, labels: np.ndarray, metric: str) -> np.ndarray:
        if metric not in OBJECTIVES:
            raise InputError(
                f"Unknown metric '{metric}'",
                "config/models.tsv, overrides",
                f"one of {', '.join(OBJECTIVES)}",
                "correct the row",
            )
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
