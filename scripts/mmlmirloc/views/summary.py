"""Controls: one number of a sequence, its length or its share of G and C."""

from collections.abc import Mapping, Sequence

import numpy as np

from mmlmirloc.errors import InputError
from mmlmirloc.features import Features
from mmlmirloc.views import base

FIELDS = {
    "length": len,
    "gc": lambda sequence: sum(sequence.count(letter) for letter in "GC") / max(len(sequence), 1),
}


class View(base.View):
    """One number of a sequence. Settings: ``field``: ``length`` (bases) or ``gc`` (share of G and C, from 0 to 1)."""

    def compute(self, sequences: Sequence[str], sources: Mapping[str, str] = base.NOTHING) -> Features:
        """Return one number for each sequence.

        Returns
        -------
        Features
            float32, shape (n, 1).

        Raises
        ------
        InputError
            For another field.
        """
        if self.settings["field"] not in FIELDS:
            raise InputError(
                f"Unknown field '{self.settings['field']}' of a sequence",
                "field of a summary view in config/views.yaml",
                f"one of {', '.join(FIELDS)}",
                "correct the view",
            )
        field = FIELDS[self.settings["field"]]
        return Features(np.array([field(sequence) for sequence in sequences], dtype=np.float32)[:, None])
