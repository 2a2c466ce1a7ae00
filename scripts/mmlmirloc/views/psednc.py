"""Pseudo dinucleotide composition (PseDNC): dinucleotides, and how alike their shapes are further along."""

from collections.abc import Mapping, Sequence

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.features import Features
from mmlmirloc.views import base
from mmlmirloc.views.kmer import count_words, find_words

# Base-step geometry of A-RNA duplexes (angstrom for shift, slide, rise; degrees for the others),
# columns AA, AC, AG, AU, CA, ..., UU. Perez, Noy, Lankas, Luque & Orozco 2004, Nucleic Acids Res.
# 32:6144 (PMID 15562006), as distributed by DiProDB (Friedel et al. 2009), which is where iLearn's
# and Pse-in-One's six "(RNA)" defaults come from. Roll is 8.7 for CC but 12.1 for GG there.
PROPERTIES = {
    "rise": (3.18, 3.24, 3.30, 3.24, 3.09, 3.32, 3.30, 3.30, 3.38, 3.22, 3.32, 3.24, 3.26, 3.38, 3.09, 3.18),
    "roll": (7.0, 4.8, 8.5, 7.1, 9.9, 8.7, 12.1, 8.5, 9.4, 6.1, 12.1, 4.8, 10.7, 9.4, 9.9, 7.0),
    "shift": (-0.08, 0.23, -0.04, -0.06, 0.11, -0.01, 0.30, -0.04, 0.07, 0.07, -0.01, 0.23, -0.02, 0.07, 0.11, -0.08),
    "slide": (
        *(-1.27, -1.43, -1.50, -1.36, -1.46, -1.78, -1.89, -1.50),
        *(-1.70, -1.39, -1.78, -1.43, -1.45, -1.70, -1.46, -1.27),
    ),
    "tilt": (-0.8, 0.8, 0.5, 1.1, 1.0, 0.3, -0.1, 0.5, 1.3, 0.0, 0.3, 0.8, -0.2, 1.3, 1.0, -0.8),
    "twist": (31, 32, 30, 33, 31, 32, 27, 30, 32, 35, 32, 32, 32, 32, 31, 31),
}


class View(base.View):
    """Pseudo dinucleotide composition."""

    SETTINGS = (
        Setting("lambda", int, "the largest distance of two dinucleotides; 3 in iLearn", minimum=0, unit="bases"),
        Setting("weight", float, "weight of the correlations, w; 0.05 in iLearn", minimum=0),
    )

    def compute(self, sequences: Sequence[str], sources: Mapping[str, str] = base.NOTHING) -> Features:
        r"""Return the pseudo dinucleotide composition of each sequence.

        With f_u the share of dinucleotide u among the counted ones and :math:`\theta_j` the correlation
        of dinucleotides j apart, the columns are :math:`f_u / (1 + w \sum_j \theta_j)` for the 16
        dinucleotides, then :math:`w \theta_j / (1 + w \sum_j \theta_j)` for j = 1 to lambda. (Chen et al. 2014,
        Anal. Biochem. 456:53, doi:10.1016/j.ab.2014.04.001.) :math:`\theta_j` is the mean, over the places i of
        the sequence, of the mean squared difference of six standardised properties of the dinucleotides at
        i and i + j.

        Returns
        -------
        Features
            float32, shape (n, 16 + lambda). Each row adds up to 1.

        Notes
        -----
        Our choice: the standard deviation is that of the 16 values (not of a sample of them); places with
        an ambiguous letter are left out of the mean; :math:`\theta_j` is 0 where a sequence is too short for j;
        a sequence without any dinucleotide has zeros.
        """
        reach, weight = self.settings["lambda"], self.settings["weight"]
        counts = count_words(sequences, (0, 1))
        shares = counts / np.maximum(counts.sum(axis=1), 1)[:, None]
        tiers = weight * correlations(sequences, reach)
        values = np.concatenate([shares, tiers], axis=1) / (1 + tiers.sum(axis=1, keepdims=True))
        return Features(values.astype(np.float32))


def differences() -> np.ndarray:
    """Return (16, 16): the mean squared difference of the standardised properties of two dinucleotides."""
    table = np.array(list(PROPERTIES.values()), dtype=np.float64)
    table = (table - table.mean(axis=1, keepdims=True)) / table.std(axis=1, keepdims=True)
    return ((table[:, :, None] - table[:, None, :]) ** 2).mean(axis=0)


def correlations(sequences: Sequence[str], reach: int) -> np.ndarray:
    """Return (n, reach): the correlation of dinucleotides 1, 2, ..., ``reach`` places apart."""
    words, rows = find_words(sequences, (0, 1))
    table, number = differences(), len(sequences)
    columns = np.zeros((number, reach))
    for distance in range(1, reach + 1):
        near, far = words[:-distance], words[distance:]
        known = (near >= 0) & (far >= 0) & (rows[:-distance] == rows[distance:])
        owner = rows[:-distance][known]
        total = np.bincount(owner, weights=table[near[known], far[known]], minlength=number)
        columns[:, distance - 1] = total / np.maximum(np.bincount(owner, minlength=number), 1)
    return columns
