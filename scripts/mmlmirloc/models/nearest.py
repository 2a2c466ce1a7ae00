"""The location set of the most similar training sequence: what copying a homolog's label is worth."""

from collections.abc import Hashable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

import numpy as np

from mmlmirloc.declarations import with_defaults
from mmlmirloc.features import Rows
from mmlmirloc.files import damaged, read_arrays, write_arrays
from mmlmirloc.models import base
from mmlmirloc.models.base import History
from mmlmirloc.models.shared.tokens import SETTINGS, tokens_of


class Learner(base.Learner):
    """One nearest neighbour by identity, 1 - edit distance / length of the longer sequence.

    The one view is of tokens of single bases (``kmer_tokens`` with k = 1). Nothing here is random.
    """

    SETTINGS = with_defaults(SETTINGS, vocabulary=6)

    TOKENS = True

    def __init__(self, settings: Mapping[str, Any], locations: list[str], seed: int):
        super().__init__(settings, locations, seed)
        self.state: dict[str, np.ndarray] = {}

    def fit(self, train: Rows, validation: Rows, shared: MutableMapping[Hashable, Any] | None = None) -> History:
        """Keep the rows of ``train``; ``validation`` is not looked at. Returns no history."""
        (tokens,) = tokens_of(train.views, self.settings["vocabulary"])
        self.state = {"tokens": tokens.astype(np.uint8), "labels": train.labels}
        return []

    def score_some(self, rows: Rows) -> np.ndarray:
        """Return the labels of the nearest training row, shape (n, locations); the mean of equally near ones."""
        (tokens,) = tokens_of(rows.views, self.settings["vocabulary"])
        near = identities(tokens, self.state["tokens"])
        nearest = near == near.max(axis=1, keepdims=True)
        return nearest @ self.state["labels"] / nearest.sum(axis=1, keepdims=True)

    def save(self, path: Path) -> None:
        """Write the training rows as npz."""
        write_arrays(path, **self.state)

    @classmethod
    def load(cls, path: Path, settings: Mapping[str, Any], locations: list[str]) -> "Learner":
        """Read back what :meth:`save` wrote."""
        learner = cls(settings, locations, 0)
        learner.state = read_arrays(path)
        if not {"tokens", "labels"} <= learner.state.keys():
            raise damaged(path, KeyError("tokens, labels"))
        return learner


def identities(queries: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return 1 - edit distance / longer length of each pair, shape (m, n), for token rows (0 is padding)."""
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    texts, against = ([row[row > 0].astype(np.uint8).tobytes() for row in rows] for rows in (queries, others))
    return cdist(texts, against, scorer=Levenshtein.normalized_similarity, dtype=np.float64)
