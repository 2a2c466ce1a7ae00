"""miRNALoc (Meher et al. 2020, Sci. Rep. 10:14557): a support vector machine per location on all views together."""

from collections.abc import Hashable, MutableMapping
from typing import Any

import numpy as np

from mmlmirloc.features import Features, Rows, side_by_side
from mmlmirloc.models import mksvm
from mmlmirloc.models.base import History


class Learner(mksvm.Learner):
    """MKSVM with one kernel: an RBF kernel of all columns together, min-max scaled on training rows.

    miRNALoc learns from principal component scores of properties of dinucleotides and from the pseudo-composition of
    dinucleotides; no code of it is public, so that kernel, scaling and grid are our choice. A score is a probability by
    Platt scaling: a logistic curve of decision values that cross-validation on the training rows gives.
    """

    def fit(self, train: Rows, validation: Rows, shared: MutableMapping[Hashable, Any] | None = None) -> History:
        """Fit on ``train`` as MKSVM does; ``validation`` is not looked at. Returns no history."""
        return super().fit(joined(train), validation, shared)

    def score_some(self, rows: Rows) -> np.ndarray:
        """Return probabilities, shape (n, locations)."""
        return super().score_some(joined(rows))


def joined(rows: Rows) -> Rows:
    """Return the same rows with all views as one."""
    return Rows({"all": Features(side_by_side(rows.views))}, rows.labels)
