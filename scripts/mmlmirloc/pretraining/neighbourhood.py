"""What the bases around tell of a base: interpolated counts, to hold the encoder against."""

from collections.abc import Sequence

import numpy as np

from mmlmirloc.pretraining.masking import hidden
from mmlmirloc.pretraining.tokens import BASES, PADDING

# Bases to either side, and how many guesses by the next smaller neighbourhood a count is diluted with: the best on the
# validation families of 4 to 256 in powers of two, so that the encoder is held against a good model of its kind.
RADIUS = 4
PRIOR = 256.0
# The four bases, and one symbol for all that tells nothing: masked, unknown, beyond an end.
SYMBOLS = len(BASES) + 1

Rows = Sequence[tuple[np.ndarray, np.ndarray]]


def contexts(rows: Rows, radius: int) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """Number the neighbourhoods of each base of masked rows.

    Parameters
    ----------
    rows : sequence of (tokens, places)
        Tokens (length,) and the places that are masked.
    radius : int
        Bases to either side.

    Returns
    -------
    truth : numpy.ndarray
        Shape (bases,): the tokens of all rows, laid end to end.
    numbers : list of numpy.ndarray
        For each radius from 1 on, shape (bases,): the neighbourhood, without the base itself.
    asked : numpy.ndarray
        Shape (bases,), bool: whether the base is masked.
    """
    gap = np.full(radius, PADDING, dtype=np.int64)
    truth = np.concatenate([part for tokens, _ in rows for part in (tokens, gap)])
    shown = np.concatenate([gap, *(part for row in rows for part in (hidden(*row), gap))])
    asked = np.concatenate([np.isin(np.arange(len(tokens) + radius), places) for tokens, places in rows])
    shown = np.minimum(shown, len(BASES))
    inside, number, numbers = truth != PADDING, np.zeros(len(truth), dtype=np.int64), []
    for distance in range(1, radius + 1):
        left = shown[radius - distance : radius - distance + len(truth)]
        right = np.append(shown, gap)[radius + distance : radius + distance + len(truth)]
        number = (number * SYMBOLS + np.minimum(left, len(BASES))) * SYMBOLS + np.minimum(right, len(BASES))
        numbers.append(number[inside])
    return truth[inside], numbers, asked[inside]


def guess(training: Rows, rows: Rows, radius: int = RADIUS) -> np.ndarray:
    """Return the shares of the four bases (masked bases of ``rows``, 4), in the order of rows and places.

    The share of a base in a neighbourhood is its count there, among all known bases of ``training`` whose neighbours
    are masked as in ``rows``, plus :data:`PRIOR` times its share in the next smaller neighbourhood; the smallest, of
    no bases, is the share of the base at all (that alone for ``radius`` 0).
    """
    truth, numbers, _ = contexts(training, max(radius, 1))
    _, wanted, asked = contexts(rows, max(radius, 1))
    known = truth < len(BASES)
    shares = np.bincount(truth[known], minlength=len(BASES)) / max(known.sum(), 1)
    found = np.tile(shares, (int(asked.sum()), 1))
    for number, own in list(zip(numbers, wanted))[:radius]:
        _, places = np.unique(np.concatenate([number[known], own[asked]]), return_inverse=True)
        cells = places[: known.sum()] * len(BASES) + truth[known]
        counts = np.bincount(cells, minlength=(places.max() + 1) * len(BASES)).reshape(-1, len(BASES))
        counts = counts[places[known.sum() :]]
        found = (counts + PRIOR * found) / (counts.sum(axis=1, keepdims=True) + PRIOR)
    return found
