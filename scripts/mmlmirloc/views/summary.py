"""Controls: one number of a sequence, its length or its share of G and C."""

from collections.abc import Mapping, Sequence

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.features import Features
from mmlmirloc.views import base

FIELDS = {
    "length": len,
    "gc": lambda sequence: sum(sequence.count(letter) for letter in "GC") / max(len(sequence), 1),
}


class View(base.View):
    """One number of a sequence."""

    SETTINGS = (
        Setting("field", str, "the length in bases, or the share of G and C from 0 to 1", choices=tuple(FIELDS)),
    )

    def compute(self, sequences: Sequence[str], sources: Mapping[str, str] = base.NOTHING) -> Features:
        """Return one number for each sequence.

        Returns
        -------
        Features
            float32, shape (n, 1).
        """
        field = FIELDS[self.settings["field"]]
        return Features(np.array([field(sequence) for sequence in sequences], dtype=np.float32)[:, None])
