"""How near a sequence is to the training hairpins, without their sequences: digests and MinHash sketches."""

import hashlib
from collections.abc import Sequence

import numpy as np

# Words of a sketch, and how many hashes are kept: enough to tell a homolog, too few to write the hairpin down again.
WORD, KEPT = 9, 24
FILLED = np.uint64(2**64 - 1)


def digests(sequences: Sequence[str]) -> np.ndarray:
    """Return a digest of each whole sequence, uint64, shape (n,)."""
    return np.array([hash64(sequence) for sequence in sequences], dtype=np.uint64)


def hash64(text: str) -> int:
    """Return the first 64 bits of the SHA-256 of a text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def sketch(sequence: str) -> np.ndarray:
    """Return the smallest hashes of the words of a sequence (bottom sketch, Broder 1997), sorted, uint64, (KEPT,)."""
    words = {sequence[start : start + WORD] for start in range(len(sequence) - WORD + 1)}
    smallest = sorted(hash64(word) for word in words)[:KEPT]
    return np.array([*smallest, *([FILLED] * (KEPT - len(smallest)))], dtype=np.uint64)


def identity(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Estimate the identity of one sketch to each of others, shape (n,), by Mash's formula (Ondov et al. 2016).

    From the share j of common words among the smallest of both: 1 + ln(2 j / (1 + j)) / WORD, and 0 without any.
    """
    both = np.sort(np.concatenate([np.broadcast_to(one, others.shape), others], axis=1), axis=1)
    new = np.ones(both.shape, dtype=bool)
    new[:, 1:] = both[:, 1:] != both[:, :-1]
    new &= both != FILLED
    # The smallest of both; a hash is common where its right neighbour is the same.
    rank = np.cumsum(new, axis=1)
    twice = np.zeros(both.shape, dtype=bool)
    twice[:, :-1] = both[:, 1:] == both[:, :-1]
    common = (new & twice & (rank <= KEPT)).sum(axis=1) / np.maximum(np.minimum(rank[:, -1], KEPT), 1)
    with np.errstate(divide="ignore"):
        return np.clip(1 + np.log(2 * common / (1 + common)) / WORD, 0, 1)
