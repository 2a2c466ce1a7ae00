"""Vectors of what miRNAs are known to go with, such as diseases, from random walks over the known pairs."""

from collections.abc import Mapping
from typing import Any

import numpy as np


def random_walks(pairs: np.ndarray, number: int, length: int, seed: int) -> np.ndarray:
    """Walk from row to partner to row along known pairs, to each neighbour with the same chance.

    These are the walks of node2vec (Grover & Leskovec 2016) with p = q = 1, its default.

    Parameters
    ----------
    pairs : numpy.ndarray
        Shape (n, d), 0 or 1: which of d partners each row goes with.
    number : int
        Walks that start at each row, and at each partner.
    length : int
        Steps of a walk, its start among them.
    seed : int
        Of the walks.

    Returns
    -------
    numpy.ndarray
        Shape (walks, length): numbers of rows from 0 to n - 1, and of partners from n to n + d - 1. None starts where
        no pair is known.
    """
    rows, partners = np.nonzero(pairs)
    ends = np.concatenate([rows, partners + len(pairs)]), np.concatenate([partners + len(pairs), rows])
    order = np.argsort(ends[0], kind="stable")
    degree = np.bincount(ends[0], minlength=sum(pairs.shape))
    first, neighbours = np.cumsum(degree) - degree, ends[1][order]
    random = np.random.default_rng(seed)
    place = np.tile(np.flatnonzero(degree), number)
    walked = [place]
    for _ in range(length - 1):
        place = neighbours[first[place] + (random.random(len(place)) * degree[place]).astype(np.int64)]
        walked.append(place)
    return np.stack(walked, axis=1)


def partner_vectors(pairs: np.ndarray, settings: Mapping[str, Any], seed: int) -> np.ndarray:
    """Return a vector for each partner by the skip-gram over :func:`random_walks`.

    Parameters
    ----------
    pairs : numpy.ndarray
        Shape (n, d), 0 or 1.
    settings : mapping
        ``width`` of a vector, ``walks`` from each row and partner, ``walk_length``, and ``window``: neighbours in a
        walk that are to be predicted, to either side.
    seed : int
        Of the walks and of gensim, which is deterministic for a seed on one worker.

    Returns
    -------
    numpy.ndarray
        float32, shape (d, width); zeros for a partner of no row.
    """
    from gensim.models import Word2Vec

    vectors = np.zeros((pairs.shape[1], settings["width"]), dtype=np.float32)
    walked = random_walks(pairs, settings["walks"], settings["walk_length"], seed)
    if not len(walked):
        return vectors
    model = Word2Vec(
        sentences=walked.astype(str).tolist(),
        sg=1,
        vector_size=settings["width"],
        window=settings["window"],
        min_count=1,
        epochs=1,
        workers=1,
        seed=seed % 2**32,
    )
    for partner in np.flatnonzero(pairs.any(axis=0)):
        vectors[partner] = model.wv[str(partner + len(pairs))]
    return vectors
