"""Index of the words of known hairpins: where in them a short sequence lies, without any of their sequences."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from mmlmirloc.data.minhash import filled, hashed_words

# Letters of a word, so the fewest of a sequence that can be found.
LETTERS = 16
# Of a hash. A sequence of one word is found by chance in one of 30,000 cases, one of two words in hardly any.
HASH = np.uint32


class Place(NamedTuple):
    """Where a sequence lies."""

    hairpin: str
    """Accession."""
    start: int
    """Place of its first base in the hairpin, from 1."""


class Words:
    """The words of known hairpins; made of the arrays that :func:`write_words` wrote.

    Parameters
    ----------
    hashes : numpy.ndarray
        Shape (words,), :data:`HASH`: of the word at each place of each hairpin, in order; the largest number where a
        word holds other letters than A, C, G, U.
    counts : numpy.ndarray
        Shape (hairpins,): words of each.
    accessions : numpy.ndarray
        Shape (hairpins,), text.
    """

    def __init__(self, hashes: np.ndarray, counts: np.ndarray, accessions: np.ndarray):
        self.hashes, self.accessions = hashes, accessions
        self.ends = np.cumsum(counts, dtype=np.int64)
        self.starts = self.ends - counts
        if len(hashes) != counts.sum() or len(counts) != len(accessions):
            raise ValueError("the numbers of words and hairpins do not fit")

    def find(self, sequence: str) -> list[Place]:
        """Return every place at which a sequence of A, C, G, U lies in a hairpin; none for one shorter than a word."""
        count = len(sequence) - LETTERS + 1
        wanted = words_of(sequence)
        if count < 1 or (wanted == filled(HASH)).any():
            return []
        at = np.flatnonzero(self.hashes == wanted[0])
        hairpins = np.searchsorted(self.ends, at, side="right")
        # All words of a hairpin stand one after the other, so the rest must follow before its end.
        inside = at + count <= self.ends[hairpins]
        at, hairpins = at[inside], hairpins[inside]
        same = (self.hashes[at[:, None] + np.arange(count)] == wanted).all(axis=1)
        return [
            Place(str(self.accessions[hairpin]), int(place - self.starts[hairpin]) + 1)
            for place, hairpin in zip(at[same], hairpins[same])
        ]


def words_of(sequence: str) -> np.ndarray:
    """Return the hash of the word at each place of a sequence, shape (words,); see :class:`Words`."""
    places = [
        place for place in range(len(sequence) - LETTERS + 1) if set(sequence[place : place + LETTERS]) <= set("ACGU")
    ]
    hashes = np.full(max(len(sequence) - LETTERS + 1, 0), filled(HASH), dtype=HASH)
    hashes[places] = hashed_words([sequence], LETTERS, HASH)[1]
    return hashes


def write_words(hairpins: str | Path, output: str | Path) -> None:
    """Write the index of a table of hairpins (accession, sequence); the same table gives the same bytes."""
    from mmlmirloc.files import read_table, write_arrays

    table = read_table(hairpins, columns=["accession", "sequence"], text=["accession", "sequence"])
    words = [words_of(sequence) for sequence in table["sequence"]]
    write_arrays(
        output,
        hashes=np.concatenate(words),
        counts=np.array([len(one) for one in words], dtype=np.uint16),
        accessions=table["accession"].to_numpy(dtype=str),
    )
