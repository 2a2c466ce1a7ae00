"""Overlapping k-mers as token numbers, for learners that embed words themselves."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from mmlmirloc.features import Features

KIND = True
FITTED = False


def words(sequence: str, k: int) -> list[str]:
    """Return the overlapping k-mers of ``sequence``, stride 1."""
    return [sequence[start : start + k] for start in range(len(sequence) - k + 1)]


def vocabulary(k: int) -> dict[str, int]:
    """Number the 4**k words over ACGU from 2 in alphabetical order; 0 is padding, 1 any other word."""
    return {"".join(letters): number for number, letters in enumerate(product("ACGU", repeat=k), start=2)}


def compute(sequences: Sequence[str], settings: Mapping[str, Any]) -> Features:
    """Return token numbers, shape (n, positions), zero padded, cut at ``positions`` words.

    Parameters
    ----------
    sequences : sequence of str
        RNA in the alphabet ACGU (IUPAC codes allowed).
    settings : mapping
        ``k`` (letters per word) and ``positions`` (words kept).
    """
    numbers, positions = vocabulary(settings["k"]), settings["positions"]
    values = np.zeros((len(sequences), positions), dtype=np.int64)
    lengths = np.zeros(len(sequences), dtype=np.int64)
    for row, sequence in enumerate(sequences):
        tokens = [numbers.get(word, 1) for word in words(sequence, settings["k"])][:positions]
        values[row, : len(tokens)] = tokens
        lengths[row] = len(tokens)
    return Features(values, lengths)
