"""Share of G and C along a hairpin."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.features import Features
from mmlmirloc.views import base


class View(base.View):
    """Share of G and C in equal parts of a hairpin, from its 5' to its 3' end."""

    SETTINGS = (Setting("parts", int, "number of parts that a hairpin is divided into", minimum=1, maximum=20),)

    def compute(self, sequences: Sequence[str], sources: Mapping[str, str] = base.NOTHING) -> Features:
        """Return float32, shape (n, parts); a part without a base has 0."""
        rows = [self.shares(sequence) for sequence in sequences]
        return Features(np.array(rows, dtype=np.float32).reshape(len(rows), self.settings["parts"]))

    def shares(self, sequence: str) -> list[float]:
        """Return the share of each part."""
        parts = self.settings["parts"]
        ends = [len(sequence) * number // parts for number in range(parts + 1)]
        pieces = [sequence[start:end] for start, end in pairwise(ends)]
        return [sum(piece.count(base) for base in "GC") / max(len(piece), 1) for piece in pieces]

    def names(self) -> list[str]:
        """Return the columns in words."""
        return [f"share of G and C in part {number + 1}" for number in range(self.settings["parts"])]
