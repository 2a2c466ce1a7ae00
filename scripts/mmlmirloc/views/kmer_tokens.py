"""Overlapping k-mers as token numbers, for learners that embed words themselves."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.features import Features
from mmlmirloc.views import base


def words(sequence: str, k: int) -> list[str]:
    """Return the overlapping k-mers of ``sequence``, stride 1."""
    return [sequence[start : start + k] for start in range(len(sequence) - k + 1)]


def vocabulary(k: int) -> dict[str, int]:
    """Number the 4**k words over ACGU from 2 in alphabetical order; 0 is padding, 1 any other word."""
    return {"".join(letters): number for number, letters in enumerate(product("ACGU", repeat=k), start=2)}


class View(base.View):
    """Words as numbers, for learners that embed them."""

    SETTINGS = (
        Setting("k", int, "length of a word", minimum=1, maximum=8, unit="letters"),
        Setting("positions", int, "how many of the first words are kept", minimum=1),
    )

    def compute(self, sequences: Sequence[str], sources: Mapping[str, str] = base.NOTHING) -> Features:
        """Return token numbers, shape (n, positions), zero padded, cut at ``positions`` words; any letter goes."""
        numbers, positions = vocabulary(self.settings["k"]), self.settings["positions"]
        values = np.zeros((len(sequences), positions), dtype=np.int64)
        lengths = np.zeros(len(sequences), dtype=np.int64)
        for row, sequence in enumerate(sequences):
            tokens = [numbers.get(word, 1) for word in words(sequence, self.settings["k"])][:positions]
            values[row, : len(tokens)] = tokens
            lengths[row] = len(tokens)
        return Features(values, lengths)
