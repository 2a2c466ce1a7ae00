"""Controls: one number of a sequence, its length or its share of G and C."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mmlmirloc.errors import InputError
from mmlmirloc.features import Features

KIND = True
FITTED = False

FIELDS = {
    "length": len,
    "gc": lambda sequence: sum(sequence.count(letter) for letter in "GC") / max(len(sequence), 1),
}


def compute(sequences: Sequence[str], settings: Mapping[str, Any]) -> Features:
    """Return one number for each sequence.

    Parameters
    ----------
    sequences : sequence of str
        n sequences.
    settings : mapping
        ``field``: ``length`` (bases) or ``gc`` (share of G and C, from 0 to 1).

    Returns
    -------
    Features
        float32, shape (n, 1).

    Raises
    ------
    InputError
        For another field.
    """
    if settings["field"] not in FIELDS:
        raise InputError(
            f"Unknown field '{settings['field']}' of a sequence",
            "field of a summary view in config/views.yaml",
            f"one of {', '.join(FIELDS)}",
            "correct the view",
        )
    field = FIELDS[settings["field"]]
    return Features(np.array([[field(sequence)] for sequence in sequences], dtype=np.float32))
