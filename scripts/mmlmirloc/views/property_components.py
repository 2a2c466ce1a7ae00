"""Principal components of the thermodynamic and structural properties of a hairpin's dinucleotides."""

from collections.abc import Mapping, Sequence

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.features import Features
from mmlmirloc.views import base
from mmlmirloc.views.kmer import all_words, count_words
from mmlmirloc.views.psednc import PROPERTIES

# Kelvin, 37 degrees Celsius.
TEMPERATURE = 310.15


class View(base.View):
    """Principal components, fitted on training rows, of a sequence's mean properties."""

    SETTINGS = (
        Setting(
            "components",
            int,
            "number of principal components, those of the largest variance",
            minimum=1,
            maximum=len(PROPERTIES) + 3,
        ),
    )

    FITTED = True

    def fit(self, sequences: Sequence[str], seed: int) -> dict[str, np.ndarray]:
        """Return the properties' mean and standard deviation over sequences, and the directions of the components.

        The directions are the eigenvectors of the properties' correlation matrix, by falling eigenvalue. Their sign is
        that which makes the largest weight positive. Nothing is random, so that the seed is not used.
        """
        means, known = mean_properties(sequences)
        means = means[known] if known.any() else np.zeros((1, means.shape[1]))
        centre, spread = means.mean(axis=0), means.std(axis=0)
        # What is left of a constant column is the rounding of its mean.
        spread = np.where(spread > 1e-9 * np.abs(centre), spread, 1.0)
        scaled = (means - centre) / spread
        _, directions = np.linalg.eigh(scaled.T @ scaled / len(scaled))
        directions = directions.T[::-1][: self.settings["components"]]
        largest = np.abs(directions).argmax(axis=1)
        signs = np.sign(directions[np.arange(len(directions)), largest])
        return {"centre": centre, "spread": spread, "directions": directions * signs[:, None]}

    def transform(self, fitted: Mapping[str, np.ndarray], sequences: Sequence[str]) -> Features:
        """Return the components' scores, float32, shape (n, components).

        A sequence without any dinucleotide stands at the mean of the training rows, 0.
        """
        means, known = mean_properties(sequences)
        scaled = np.where(known[:, None], (means - fitted["centre"]) / fitted["spread"], 0)
        # Not a product of matrices, whose last bit depends on how many rows there are.
        scores = np.einsum("np,cp->nc", scaled, fitted["directions"])
        return Features(scores.astype(np.float32))


def mean_properties(sequences: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return (n, 9): the mean of each property over a sequence's dinucleotides; and (n,): whether it has any.

    Dinucleotides with an ambiguous letter are left out.
    """
    counts = count_words(sequences, (0, 1))
    total = counts.sum(axis=1)
    shares = counts / np.maximum(total, 1)[:, None]
    return np.einsum("nu,pu->np", shares, properties()), total > 0


def properties() -> np.ndarray:
    """Return (9, 16): shape of the step (six, see :mod:`mmlmirloc.views.psednc`) and stability (three).

    Stability is the enthalpy (kcal/mol), entropy (cal/mol/K) and free energy at 37 degrees (kcal/mol) of two
    neighbouring base pairs of an RNA duplex (Xia et al. 1998, Biochemistry 37:14719, as Biopython has them).
    """
    return np.array([*PROPERTIES.values(), *np.transpose([stability(word) for word in all_words(2)])])


def stability(step: str) -> tuple[float, float, float]:
    """Return enthalpy, entropy and free energy of a dinucleotide paired with its complement."""
    from Bio.Seq import complement
    from Bio.SeqUtils.MeltingTemp import RNA_NN2

    # The table holds each step once, read from one of its strands: AC with UG is GU with CA.
    strand = step.replace("U", "T")
    pair = f"{strand}/{complement(strand)}"
    enthalpy, entropy = RNA_NN2[pair] if pair in RNA_NN2 else RNA_NN2[pair[::-1]]
    return enthalpy, entropy, enthalpy - TEMPERATURE * entropy / 1000
