"""Local alignment scores of many pairs of sequences at once.

Smith-Waterman with affine gaps (Gotoh 1982), along the antidiagonals of all pairs of two blocks of sequences together,
in bytes, which is three times as fast as pair by pair. No filter by shared words goes before it: none would be exact,
since eleven runs of three equal bases with one other base between each two score as much as 18 equal bases in a row.
"""

from collections.abc import Sequence
from itertools import combinations_with_replacement

import numpy as np

from mmlmirloc.job import progress

# blastn's own scores; the first letter of a gap costs its opening (5) and its extension (2).
MATCH, MISMATCH, FIRST_GAP, NEXT_GAP = (np.int8(score) for score in (2, -3, -7, -2))
# A letter that is neither equal to any other nor different.
WILDCARD = ord("N")
# Sequences of a block: what is worked on stays in a processor's cache.
BLOCK = 32
# Paddings that are equal to no letter, nor to each other.
PADDING = 0, 255


def pairs_from(sequences: Sequence[str], least: int) -> list[tuple[int, int]]:
    """Return the pairs (i, j), i < j, whose best local alignment scores at least ``least`` (at most 100), in order."""
    by_length = np.argsort([len(sequence) for sequence in sequences], kind="stable")
    blocks = [by_length[start : start + BLOCK] for start in range(0, len(by_length), BLOCK)]
    found = set()
    for ones, others in progress(list(combinations_with_replacement(blocks, 2)), "alignments"):
        scores = best_scores([sequences[i] for i in ones], [sequences[j] for j in others])
        rows, columns = np.nonzero(scores >= least)
        pairs = np.sort(np.column_stack([ones[rows], others[columns]]), axis=1)
        found |= set(map(tuple, pairs[pairs[:, 0] < pairs[:, 1]].tolist()))
    return sorted(found)


def best_scores(ones: Sequence[str], others: Sequence[str]) -> np.ndarray:
    """Return the best local alignment score of each of ``ones`` with each of ``others``.

    Parameters
    ----------
    ones, others : sequence of str
        p and q sequences in upper case.

    Returns
    -------
    numpy.ndarray
        int8, shape (p, q). A score above 100 may come out as another one above 100: a byte holds no more, and a
        score that grows by two at a time cannot step over those.
    """
    first = _letters(ones, PADDING[0])[:, :, None]
    # Backwards, so that the cells of an antidiagonal are neighbours.
    second = _letters(others, PADDING[1])[::-1, None, :]
    wild = bool((first == WILDCARD).any() or (second == WILDCARD).any())
    rows, columns = len(first), len(second)
    shape = rows + 1, len(ones), len(others)
    # Scores on this antidiagonal and the two before it, by row; above the first row is one without an alignment.
    score, last, before = (np.zeros(shape, np.int8) for _ in range(3))
    across, down, down_last = (np.full(shape, FIRST_GAP) for _ in range(3))
    best, opened = np.zeros(shape, np.int8), np.empty(shape, np.int8)
    for diagonal in range(rows + columns - 1):
        start, end = max(0, diagonal - columns + 1), min(rows - 1, diagonal) + 1
        here, above = slice(start + 1, end + 1), slice(start, end)
        # A gap begins at the cell to the left or above, or goes on from there.
        np.add(last[start : end + 1], FIRST_GAP, out=opened[start : end + 1])
        across[here] += NEXT_GAP
        np.maximum(across[here], opened[here], out=across[here])
        np.add(down_last[above], NEXT_GAP, out=down[here])
        np.maximum(down[here], opened[above], out=down[here])
        offset = columns - 1 - diagonal
        _compare(first[above], second[start + offset : end + offset], wild, score[here])
        score[here] += before[above]
        for other in (across[here], down[here], np.int8(0)):
            np.maximum(score[here], other, out=score[here])
        np.maximum(best[here], score[here], out=best[here])
        before, last, score = last, score, before
        down_last, down = down, down_last
    return best.max(axis=0)


def _letters(sequences: Sequence[str], padding: int) -> np.ndarray:
    """Return the letters as bytes, shape (longest, sequences)."""
    letters = np.full((max(1, *map(len, sequences)), len(sequences)), padding, np.uint8)
    for column, sequence in enumerate(sequences):
        letters[: len(sequence), column] = np.frombuffer(sequence.encode("latin-1", "replace"), np.uint8)
    return letters


def _compare(first: np.ndarray, second: np.ndarray, wild: bool, output: np.ndarray) -> None:
    """Score letters against each other; ``wild`` where there may be wildcards among them."""
    np.multiply((first == second).view(np.int8), MATCH - MISMATCH, out=output)
    output += MISMATCH
    if wild:
        output[(first == WILDCARD) | (second == WILDCARD)] = 0
