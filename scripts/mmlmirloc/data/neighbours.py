"""How near sequences are to some that are known by their sketches alone, such as those a model was trained on."""

from collections.abc import Sequence

import numpy as np

from mmlmirloc.data.minhash import distinct_words, identity, matches, sketches

# K-mers in common that a part has at least: a few may be common by chance, or to a family.
FEWEST = 4


class Neighbours:
    """Sequences by their sketches.

    Parameters
    ----------
    known : numpy.ndarray
        Shape (n, kept): see :func:`mmlmirloc.data.minhash.sketches`.
    k : int
        Letters of a k-mer.
    """

    def __init__(self, known: np.ndarray, k: int):
        self.known, self.k = known, k
        order = np.argsort(known, axis=None, kind="stable")
        self.hashes, self.owners = known.ravel()[order], order // max(known.shape[1], 1)

    def identities(self, sequences: Sequence[str]) -> np.ndarray:
        """Return the estimated identity of each sequence with the nearest of those known, shape (n,); 0 without any."""
        own = sketches(sequences, self.k, self.known.shape[1], self.known.dtype)
        rows = np.repeat(np.arange(len(own)), own.shape[1])
        query, known, _ = self._pairs(rows, own.ravel())
        nearest = np.zeros(len(own))
        np.maximum.at(nearest, query, identity(own[query], self.known[known], self.k))
        return nearest

    def hold(self, sequences: Sequence[str]) -> np.ndarray:
        """Return whether each sequence is likely a part of one of those known, bool, shape (n,).

        Of each of them all k-mers up to the largest hash of its sketch are known; those of its parts are among them.
        """
        rows, hashes = distinct_words(sequences, self.k, self.known.dtype)
        query, known, common = self._pairs(rows, hashes)
        query, known, common = (array[common >= FEWEST] for array in (query, known, common))
        ends = np.searchsorted(rows, np.arange(len(sequences) + 1))
        largest = self.known.max(axis=1, initial=0)
        found = np.zeros(len(sequences), dtype=bool)
        for one, other, many in zip(query, known, common):
            small = np.searchsorted(hashes[ends[one] : ends[one + 1]], largest[other], "right")
            found[one] |= small == many
        return found

    def _pairs(self, rows: np.ndarray, hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return query, known and the number of hashes in common of each pair that has some; each of shape (pairs,)."""
        which, place = matches(self.hashes, hashes)
        pairs, common = np.unique(rows[which] * len(self.known) + self.owners[place], return_counts=True)
        return *np.divmod(pairs, max(len(self.known), 1)), common
