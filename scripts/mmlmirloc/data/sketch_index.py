"""Index of miRBase's hairpins by their sketches: which of them are homologs of a sequence, without an alignment.

The index holds hashes, digests and species; no sequence, name or accession. To search needs numpy alone.
"""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mmlmirloc.data.minhash import digests, filled, identity, matches, sketches

# A hash in the index: the first 32 bits do not confuse the 65,536 8-mers.
HASH = np.uint32
BITS = np.uint64(32)
# Sequences that are searched at a time.
BATCH = 250


class Homologs(NamedTuple):
    """Pairs of a query and a hairpin that is homologous to it, ordered by query, each array of shape (pairs,).

    Attributes
    ----------
    query : numpy.ndarray
        Place of the query, from 0.
    species : numpy.ndarray
        miRBase's code of the hairpin's species, text.
    identity : numpy.ndarray
        From 0 to 1; 0 where what the two have in common is not among the smallest hashes of both together.
    same : numpy.ndarray
        bool, whether the hairpin has the query's own sequence.
    """

    query: np.ndarray
    species: np.ndarray
    identity: np.ndarray
    same: np.ndarray


class SketchIndex:
    """Hairpins by their sketches; made of the arrays that :func:`write_index` wrote.

    Parameters
    ----------
    sketches : numpy.ndarray
        Shape (hairpins, kept), :data:`HASH`: see :func:`mmlmirloc.data.minhash.sketches`.
    digests : numpy.ndarray
        Shape (hairpins,), uint64: of the whole sequences.
    species : numpy.ndarray
        Shape (hairpins,): place of the hairpin's species in ``codes``.
    codes : numpy.ndarray
        Text: miRBase's codes of the species.
    k : numpy.ndarray or int
        Letters of a k-mer.
    """

    def __init__(
        self, sketches: np.ndarray, digests: np.ndarray, species: np.ndarray, codes: np.ndarray, k: np.ndarray | int
    ):
        self.sketches, self.digests, self.k = sketches, digests, int(k)
        self.species = codes[species]
        # Each hash beside the hairpin that it is of, in the order of the hashes: one number of both is sorted fastest.
        owner = np.arange(len(sketches), dtype=np.uint64)[:, None]
        both = np.sort(sketches.astype(np.uint64) << BITS | owner, axis=None)
        both = both[: np.searchsorted(both, np.uint64(filled(HASH)) << BITS)]
        self.hashes, self.owners = (both >> BITS).astype(HASH), both.astype(HASH).astype(np.intp)

    def search(self, sequences: Sequence[str], shared: int) -> Homologs:
        """Return the hairpins that have at least ``shared`` hashes in common with each sequence.

        A sequence of fewer k-mers, or of letters other than A, C, G, U, has none.
        """
        parts = [self._search(sequences[start : start + BATCH], shared) for start in range(0, len(sequences), BATCH)]
        query = [part[0] + BATCH * number for number, part in enumerate(parts)]
        if not parts:
            return Homologs(np.empty(0, int), self.species[:0], np.empty(0), np.empty(0, bool))
        hairpin, near = (np.concatenate(arrays) for arrays in list(zip(*parts))[1:])
        query = np.concatenate(query)
        same = digests(sequences)[query] == self.digests[hairpin]
        return Homologs(query, self.species[hairpin], near, same)

    def _search(self, sequences: Sequence[str], shared: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return query, hairpin and identity of each pair."""
        own = sketches(sequences, self.k, self.sketches.shape[1], HASH)
        which, place = matches(self.hashes, own.ravel())
        owners = self.owners[place]
        bounds = np.searchsorted(which, np.arange(len(own) + 1) * own.shape[1]).tolist()
        near = [
            np.flatnonzero(np.bincount(owners[start:end], minlength=len(self.sketches)) >= shared)
            for start, end in pairwise(bounds)
        ]
        query = np.repeat(np.arange(len(own)), [len(hairpins) for hairpins in near])
        hairpin = np.concatenate(near)
        return query, hairpin, identity(own[query], self.sketches[hairpin], self.k)


def read_index(path: str | Path) -> SketchIndex:
    """Read what :func:`write_index` wrote.

    Raises
    ------
    InputError
        When the file is missing or damaged.
    """
    from mmlmirloc.files import damaged, read_arrays

    try:
        return SketchIndex(**read_arrays(path))
    except (TypeError, IndexError, ValueError) as error:
        raise damaged(path, error) from None


def write_index(hairpins: str | Path, output: str | Path, k: int, kept: int) -> None:
    """Write the index of miRBase's hairpins of all species; the same file gives the same bytes.

    Parameters
    ----------
    hairpins : path
        miRBase's hairpin.fa, all species.
    output : path
        npz of the arrays of :class:`SketchIndex`.
    k, kept : int
        Letters of a k-mer, and hashes that are kept of each hairpin.

    Raises
    ------
    InputError
        When the file is missing or not miRBase's.
    """
    from mmlmirloc.files import write_arrays
    from mmlmirloc.sources import mirbase

    entries = mirbase.read(hairpins).values()
    sequences = [entry.sequence for entry in entries]
    codes, species = np.unique([mirbase.species_of(entry.name) for entry in entries], return_inverse=True)
    write_arrays(
        output,
        sketches=sketches(sequences, k, kept, HASH),
        digests=digests(sequences),
        species=species.astype(np.uint16),
        codes=codes,
        k=np.array(k),
    )
