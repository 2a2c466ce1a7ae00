"""Digests of sequences and MinHash sketches of their k-mers, and the identity that two sketches tell.

Used for miRBase's hairpins of all species and for training hairpins alike. Needs numpy alone.
"""

import hashlib
from collections.abc import Sequence
from functools import cache

import numpy as np

# Hashes are remembered of k-mers of so many letters at most, 9 bytes for each of the 4^k.
REMEMBERED = 9
# One code per byte: 0 to 3 for ACGU, -1 for every other letter and for the end of a sequence.
CODES = np.full(256, -1, dtype=np.int64)
CODES[list(b"ACGU")] = range(4)


def hash64(text: bytes) -> int:
    """Return the first 64 bits of the SHA-256 of a text."""
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big")


def digests(sequences: Sequence[str]) -> np.ndarray:
    """Return a digest of each whole sequence, uint64, shape (n,)."""
    return np.array([hash64(sequence.encode()) for sequence in sequences], dtype=np.uint64)


def filled(dtype: np.dtype | type) -> np.unsignedinteger:
    """Return what stands in a sketch where there is no further hash: the largest number."""
    return np.dtype(dtype).type(np.iinfo(dtype).max)


def sketches(sequences: Sequence[str], k: int, kept: int, dtype: np.dtype | type = np.uint64) -> np.ndarray:
    """Return the smallest hashes of the k-mers of each sequence (bottom sketch, Broder 1997).

    Parameters
    ----------
    sequences : sequence of str
        n sequences. A k-mer with a letter other than A, C, G, U is left out.
    k : int
        Letters of a k-mer, 1 to 31.
    kept : int
        Hashes that are kept of a sequence.
    dtype : unsigned integer type
        Of a hash: the first bits of the k-mer's SHA-256.

    Returns
    -------
    numpy.ndarray
        Shape (n, kept), each row sorted, without repeats, and padded with :func:`filled` where a sequence has fewer
        k-mers.
    """
    rows, hashes = distinct_words(sequences, k, dtype)
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)
    smallest = np.full((len(sequences), kept), filled(dtype), dtype=dtype)
    inside = place < kept
    smallest[rows[inside], place[inside]] = hashes[inside]
    return smallest


def distinct_words(sequences: Sequence[str], k: int, dtype: np.dtype | type) -> tuple[np.ndarray, np.ndarray]:
    """Return the sequence and the hash of each k-mer, in their order and without repeats; both of shape (k-mers,)."""
    rows, hashes = hashed_words(sequences, k, dtype)
    order = np.lexsort((hashes, rows))
    rows, hashes = rows[order], hashes[order]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (rows[1:] != rows[:-1]) | (hashes[1:] != hashes[:-1])
    return rows[new], hashes[new]


def hashed_words(sequences: Sequence[str], k: int, dtype: np.dtype | type) -> tuple[np.ndarray, np.ndarray]:
    """Return the sequence and the hash of each k-mer, repeats too; both of shape (k-mers,)."""
    # A byte that is no letter ends each sequence, so that no k-mer runs from one into the next.
    text = "".join(f"{sequence}\n" for sequence in sequences).encode("latin-1", "replace")
    if len(text) < k:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=dtype)
    letters = np.lib.stride_tricks.sliding_window_view(CODES[np.frombuffer(text, dtype=np.uint8)], k)
    start = np.flatnonzero((letters >= 0).all(axis=1))
    hashes = word_hashes(letters[start] @ 4 ** np.arange(k - 1, -1, -1), k)
    spans = [len(sequence) + 1 for sequence in sequences]
    rows = np.repeat(np.arange(len(sequences)), spans)[start]
    return rows, (hashes >> np.uint64(64 - 8 * np.dtype(dtype).itemsize)).astype(dtype)


def word_hashes(numbers: np.ndarray, k: int) -> np.ndarray:
    """Return the hash of each k-mer, uint64; k-mers are numbers to the base 4, whose digits are places in ACGU."""
    if k > REMEMBERED:
        distinct, which = np.unique(numbers, return_inverse=True)
        return _hash_numbers(distinct, k)[which]
    hashes, known = _memory(k)
    new = np.unique(numbers[~known[numbers]])
    hashes[new] = _hash_numbers(new, k)
    known[new] = True
    return hashes[numbers]


def _hash_numbers(numbers: np.ndarray, k: int) -> np.ndarray:
    digits = numbers[:, None] // 4 ** np.arange(k - 1, -1, -1) % 4
    text = np.frombuffer(b"ACGU", dtype=np.uint8)[digits].tobytes()
    return np.array([hash64(text[place : place + k]) for place in range(0, len(text), k)], dtype=np.uint64)


@cache
def _memory(k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return hashes of k-mers, and which of them are there: most k-mers come back, and SHA-256 takes a while."""
    return np.zeros(4**k, dtype=np.uint64), np.zeros(4**k, dtype=bool)


def forget() -> None:
    """Empty what is remembered of the k-mers that were hashed."""
    _memory.cache_clear()


def identity(first: np.ndarray, second: np.ndarray, k: int) -> np.ndarray:
    """Estimate the identity of pairs of sequences by Mash's formula (Ondov et al. 2016, doi:10.1186/s13059-016-0997-x).

    From the share j of common hashes among the smallest of both sketches: 1 + ln(2 j / (1 + j)) / k, not below 0, and
    0 without any.

    Parameters
    ----------
    first, second : numpy.ndarray
        Sketches of k-mers, of shapes that broadcast to (pairs, kept).
    k : int
        Letters of a k-mer.

    Returns
    -------
    numpy.ndarray
        Shape (pairs,), from 0 to 1.
    """
    first, second = np.broadcast_arrays(first, second)
    kept = first.shape[1]
    both = np.sort(np.concatenate([first, second], axis=1), axis=1)
    twice = np.zeros(both.shape, dtype=bool)
    twice[:, :-1] = both[:, 1:] == both[:, :-1]
    new = both != filled(both.dtype)
    new[:, 1:] &= ~twice[:, :-1]
    # The smallest of both; a hash is common where its right neighbour is the same.
    rank = np.cumsum(new, axis=1, dtype=np.int32)
    common = (new & twice & (rank <= kept)).sum(axis=1) / np.maximum(np.minimum(rank[:, -1], kept), 1)
    with np.errstate(divide="ignore"):
        return np.clip(1 + np.log(2 * common / (1 + common)) / k, 0, 1)


def matches(ordered: np.ndarray, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each pair of equal hashes, that of no further hash left out: its place in ``asked``, and in ``ordered``.

    Parameters
    ----------
    ordered : numpy.ndarray
        Hashes in order, with repeats.
    asked : numpy.ndarray
        Hashes in any order.
    """
    own = np.flatnonzero(asked != filled(asked.dtype))
    first, last = (np.searchsorted(ordered, asked[own], side) for side in ("left", "right"))
    count = last - first
    # The places first, first + 1, ..., last - 1 of each hash, one after the other.
    place = np.arange(count.sum()) + np.repeat(first - np.cumsum(count) + count, count)
    return np.repeat(own, count), place
