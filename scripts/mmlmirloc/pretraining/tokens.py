"""Sequences as numbers: the four bases, an unknown one, a masked one, and padding."""

from collections.abc import Sequence

import numpy as np

BASES = "ACGU"
UNKNOWN, MASK, PADDING = 4, 5, 6
TOKENS = 7
# RNABERT sees no more; whatever is measured or embedded beside it sees the same.
LARGEST_POSITIONS = 440

# One code per byte; every letter that is no base (miRBase has IUPAC codes) is unknown.
CODES = np.full(256, UNKNOWN, dtype=np.int64)
CODES[[ord(base) for base in BASES]] = range(len(BASES))


def encode(sequence: str) -> np.ndarray:
    """Return the tokens of a sequence, int64, shape (length,)."""
    return CODES[np.frombuffer(sequence.encode("latin-1", "replace"), dtype=np.uint8)]


def pad(rows: Sequence[np.ndarray]) -> np.ndarray:
    """Return token rows as one array (n, longest), filled up with padding."""
    padded = np.full((len(rows), max(map(len, rows), default=0)), PADDING, dtype=np.int64)
    for row, tokens in enumerate(rows):
        padded[row, : len(tokens)] = tokens
    return padded
