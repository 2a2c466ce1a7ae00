"""A surrogate of MiRLoc (Xu et al. 2022, Brief. Bioinform. 23:bbac044): how alike the functions of two miRNAs are."""

from collections.abc import Hashable, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mmlmirloc.features import Features, Rows
from mmlmirloc.files import read_arrays, write_arrays
from mmlmirloc.models import mksvm
from mmlmirloc.models.base import History
from mmlmirloc.models.shared.pairs import known_pairs


class Learner(mksvm.Learner):
    """MKSVM on how alike a row's partners are to those of the training rows, and on other views beside it.

    Only the abstract could be read: MiRLoc takes how alike the functions of miRNAs are, and where their target
    messenger RNAs are found. The first view tells a row's partners, such as diseases: a column for each, above 0 where
    the pair is known. A row becomes its cosines to the training rows, 0 where it has no partner. Other views, such as
    the shares of locations among its targets, are taken as they are. Kernels, their weights and machines are those of
    :class:`mmlmirloc.models.mksvm.Learner`, and our choice.
    """

    def __init__(self, settings: Mapping[str, Any], locations: list[str], seed: int):
        super().__init__(settings, locations, seed)
        self.partners: np.ndarray

    @classmethod
    def check(cls, settings: Mapping[str, Any], views: Sequence[str], locations: Sequence[str]) -> None:
        """Refuse a row without a view of partners."""
        if not views:
            raise ValueError("The learner has no view", "a view of what rows are known to go with")

    def fit(self, train: Rows, validation: Rows, shared: MutableMapping[Hashable, Any] | None = None) -> History:
        """Fit on ``train`` as MKSVM does; ``validation`` is not looked at. Returns no history."""
        self.partners = directions(next(iter(train.views.values())))
        return super().fit(self._alike(train), validation, shared)

    def score_some(self, rows: Rows) -> np.ndarray:
        """Return probabilities, shape (n, locations)."""
        return super().score_some(self._alike(rows))

    def save(self, path: Path) -> None:
        """Write the training rows' partners beside what MKSVM writes."""
        write_arrays(path, partners=self.partners, **self.kernels.arrays(), **self.state)

    @classmethod
    def load(cls, path: Path, settings: Mapping[str, Any], locations: list[str]) -> "Learner":
        """Read back what :meth:`save` wrote."""
        learner = super().load(path, settings, locations)
        learner.partners = read_arrays(path)["partners"]
        return learner

    def _alike(self, rows: Rows) -> Rows:
        name, *_ = rows.views
        cosines = directions(rows.views[name]) @ self.partners.T
        return Rows({**rows.views, name: Features(cosines)}, rows.labels)


def directions(view: Features) -> np.ndarray:
    """Return a row's partners (n, d) as vectors of length 1, float64; zeros for a row without any."""
    pairs = known_pairs(view).astype(np.float64)
    return pairs / np.sqrt(np.maximum(pairs.sum(axis=1, keepdims=True), 1))
