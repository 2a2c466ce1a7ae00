"""Test rows whose sequence a model may know from a training row."""

from collections.abc import Iterable, Sequence

import pandas as pd

KINDS = ("identical", "inside", "around")


def overlap(tested: Sequence[str], training: Iterable[str]) -> pd.DataFrame:
    """Return how the sequence of each test row meets those of the training rows.

    Parameters
    ----------
    tested, training : sequence of str
        Sequences in one alphabet.

    Returns
    -------
    pandas.DataFrame
        Booleans of shape (n,), for the n test rows: ``identical`` to a training row, ``inside`` a longer one,
        ``around`` a shorter one, and ``any`` of these.
    """
    known = set(training)
    found = [
        (
            one in known,
            any(one in other for other in known if len(other) > len(one)),
            any(other in one for other in known if len(other) < len(one)),
        )
        for one in tested
    ]
    table = pd.DataFrame(found, columns=list(KINDS), dtype=bool)
    return table.assign(any=table.any(axis=1))
