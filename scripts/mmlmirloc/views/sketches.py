"""Homology without an alignment: the homologs of a hairpin by MinHash sketches of k-mers, in place of blastn.

It is the sequence plus a public database, whose coverage follows how much a species and a miRNA were studied. It knows
no name, accession or label of the row.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mmlmirloc.data.sketch_index import SketchIndex, read_index
from mmlmirloc.declarations import Setting
from mmlmirloc.features import Features
from mmlmirloc.views import base
from mmlmirloc.views.phylogenetic_profile import columns, phylogenetic_profile


class View(base.View):
    """Phylogenetic profile of a hairpin by the sketches of all species' hairpins."""

    SETTINGS = (Setting("shared", int, "hashes in common from which on two hairpins are homologs", minimum=1),)

    NEEDS = ("sketches",)
    OF_SPECIES = True

    def compute(self, sequences: Sequence[str], sources: Mapping[str, Any] = base.NOTHING) -> Features:
        """Describe the homologs of each sequence.

        Parameters
        ----------
        sequences : sequence of str
            n sequences of ACGU.
        sources : mapping
            ``sketches``: the index, or the file of it that :func:`mmlmirloc.data.sketch_index.write_index` wrote.

        Returns
        -------
        Features
            float32, shape (n, columns of :func:`names`). A sequence without homologs has zeros.

        Raises
        ------
        InputError
            When the index is missing or damaged.
        """
        index = sources["sketches"]
        if not isinstance(index, SketchIndex):
            index = read_index(index)
        found = index.search(sequences, self.settings["shared"])
        return Features(phylogenetic_profile(len(sequences), *found, self.prefix).astype(np.float32))

    def names(self) -> list[str]:
        """Return the columns in words; identities are Mash's estimates."""
        return columns(self.prefix)
