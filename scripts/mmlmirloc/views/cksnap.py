"""Composition of k-spaced nucleic acid pairs (CKSNAP)."""

from collections.abc import Mapping, Sequence

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.features import Features
from mmlmirloc.views import base
from mmlmirloc.views.kmer import count_words


class View(base.View):
    """Pairs of letters with gaps between them."""

    SETTINGS = (Setting("gaps", int, "the largest gap between two letters; 5 in MK-GHkNN", minimum=0, unit="letters"),)

    def compute(self, sequences: Sequence[str], sources: Mapping[str, str] = base.NOTHING) -> Features:
        """Return the frequency of each ordered pair of letters with 0, 1, ..., ``gaps`` letters between.

        A pair's count is divided by the number of places for it, L - gap - 1 (iLearn, Chen et al. 2020,
        doi:10.1093/bib/bbz041). A pair with an ambiguous letter is not counted, and a sequence too short
        for a gap has zeros there; both are our choice.

        Returns
        -------
        Features
            float32, shape (n, 16 * (gaps + 1)): gap by gap, the pairs AA, AC, ..., UU.
        """
        lengths = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
        blocks = []
        for gap in range(self.settings["gaps"] + 1):
            places = np.maximum(lengths - gap - 1, 1)
            blocks.append(count_words(sequences, (0, gap + 1)) / places[:, None])
        return Features(np.concatenate(blocks, axis=1).astype(np.float32))
