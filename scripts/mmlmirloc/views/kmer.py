"""K-mer composition: how often each word of k letters occurs in a sequence."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.features import Features
from mmlmirloc.views import base

LETTERS = "ACGU"

# One code per byte: 0 to 3 for ACGU, -1 for every other letter and for the end of a sequence.
CODES = np.full(256, -1, dtype=np.int64)
CODES[[ord(letter) for letter in LETTERS]] = range(4)


class View(base.View):
    """Frequencies of the words of one length or several (eq. 2)."""

    SETTINGS = (
        Setting(
            "k",
            int,
            "word lengths, whose columns follow each other",
            minimum=1,
            maximum=8,
            unit="letters",
            several=True,
        ),
        Setting(
            "denominator",
            str,
            "what a count is divided by: length of the sequence as eq. 2 is written, or number of windows (iLearn)",
            choices=("length", "windows"),
        ),
        Setting("reverse_complement", bool, "whether a word and its reverse complement are counted as one (RCKmer)"),
    )

    def compute(self, sequences: Sequence[str], sources: Mapping[str, str] = base.NOTHING) -> Features:
        """Return the k-mer frequencies of each sequence.

        A k-mer with a letter other than A, C, G, U is not counted, though its letters count towards
        the length. A sequence shorter than k has zeros.

        Returns
        -------
        Features
            float32, shape (n, width), columns as in :func:`names`. Width is the sum of 4^k; with
            ``reverse_complement`` it is 32 for k = 3.

        Notes
        -----
        RCKmer follows iLearn (Chen et al. 2020, doi:10.1093/bib/bbz041); what becomes of ambiguous
        letters and of short sequences is our choice.
        """
        lengths = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
        blocks = []
        for k in self.settings["k"]:
            counts = count_words(sequences, range(k))
            if self.settings["reverse_complement"]:
                counts = merged(counts, k)
            total = lengths if self.settings["denominator"] == "length" else lengths - k + 1
            blocks.append(counts / np.maximum(total, 1)[:, None])
        return Features(np.concatenate(blocks, axis=1).astype(np.float32))

    def names(self) -> list[str]:
        """Return the column names: per k the words in lexicographic order.

        With ``reverse_complement`` a pair bears the name of its lexicographically first word.
        """
        columns = []
        for k in self.settings["k"]:
            words = all_words(k)
            if self.settings["reverse_complement"]:
                words = [word for word, other in zip(words, reverse_complements(words)) if word <= other]
            columns += words
        return columns


def all_words(k: int) -> list[str]:
    """Return the 4^k words of k letters in lexicographic order."""
    return ["".join(word) for word in product(LETTERS, repeat=k)]


def reverse_complements(words: Sequence[str]) -> list[str]:
    """Return the reverse complement of each word."""
    # Not needed to predict with the shipped model, whose installation does without Biopython.
    from Bio.Seq import reverse_complement_rna

    return [reverse_complement_rna(word) for word in words]


def merged(counts: np.ndarray, k: int) -> np.ndarray:
    """Add the column of each word, shape (n, 4^k), to that of its reverse complement."""
    words = all_words(k)
    position = {word: number for number, word in enumerate(words)}
    other = np.array([position[word] for word in reverse_complements(words)])
    first = np.arange(len(words)) <= other
    palindrome = np.arange(len(words)) == other
    return np.where(palindrome, counts, counts + counts[:, other])[:, first]


def find_words(sequences: Sequence[str], offsets: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Number the words at all positions of all sequences, laid end to end.

    Parameters
    ----------
    sequences : sequence of str
        n sequences.
    offsets : increasing sequence of int
        Where the letters of a word stand: (0, 1, 2) for 3-mers, (0, 3) for pairs with two letters between.

    Returns
    -------
    words : numpy.ndarray
        Shape (positions,): the word's place in lexicographic order, or -1 where there is none
        (an ambiguous letter, or the end of the sequence).
    rows : numpy.ndarray
        Shape (positions,): the sequence each position belongs to.
    """
    # The byte that ends a sequence is no letter, so no word runs from one sequence into the next ...
    text = "".join(f"{sequence}\n" for sequence in sequences).encode("latin-1", "replace")
    codes = CODES[np.frombuffer(text, dtype=np.uint8)]
    spans = np.array([len(sequence) + 1 for sequence in sequences], dtype=np.int64)
    owner = np.repeat(np.arange(len(sequences)), spans)
    size = max(len(codes) - offsets[-1], 0)
    words, rows = np.zeros(size, dtype=np.int64), owner[:size]
    known = np.ones(size, dtype=bool)
    for offset in offsets:
        letters = codes[offset : offset + size]
        words = words * 4 + letters
        # ... except a word with a gap, which could step over it.
        known &= (letters >= 0) & (owner[offset : offset + size] == rows)
    return np.where(known, words, -1), rows


def count_words(sequences: Sequence[str], offsets: Sequence[int]) -> np.ndarray:
    """Count the words of :func:`find_words`; int64, shape (n, 4^letters), lexicographic columns."""
    words, rows = find_words(sequences, offsets)
    width = 4 ** len(offsets)
    known = words >= 0
    cells = rows[known] * width + words[known]
    return np.bincount(cells, minlength=len(sequences) * width).reshape(len(sequences), width)
