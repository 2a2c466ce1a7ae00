"""The protocol every learner answers: fit on rows, score rows, be kept on disk without pickles."""

from collections.abc import Callable, Hashable, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from mmlmirloc.features import Rows


class Learner(Protocol):
    """A multi-label predictor.

    A learner may also have a class method ``fit_many(learners, parts)``, which fits several of its kind, each on its
    own (train, validation) of ``parts``, and returns their histories: the result of each is that of ``fit``, only the
    work that they have in common is done once (:func:`fit_sharing`).

    Parameters
    ----------
    settings : mapping of str to value
        The learner's settings of the config with the model row's overrides and, while tuning, one
        point of the grid laid over them. Every key is there: a learner has no defaults of its own.
    locations : list of str
        Names of the labels, in column order.
    seed : int
        Seed of everything random in ``fit``.
    """

    def __init__(self, settings: Mapping[str, Any], locations: list[str], seed: int): ...

    def fit(self, train: Rows, validation: Rows) -> list[dict[str, float]]:
        """Fit on ``train``; ``validation`` may only choose when to stop.

        Returns the history: one dict per epoch (``epoch``, ``train_loss``, ``validation_loss``,
        ``validation_micro_f1``), empty where there are no epochs.
        """

    def score(self, rows: Rows) -> np.ndarray:
        """Return scores in [0, 1], shape (n, locations); never reads ``rows.labels``."""

    def save(self, path: Path) -> None:
        """Write what ``score`` needs to the single file ``path``, without pickles."""

    @classmethod
    def load(cls, path: Path, settings: Mapping[str, Any], locations: list[str]) -> "Learner":
        """Read back what ``save`` wrote; scores are bit for bit those of the saved learner."""


def fit_sharing(learners: Sequence[Any], parts: Sequence[tuple[Rows, Rows]]) -> list[list[dict[str, float]]]:
    """Fit each learner with ``fit(train, validation, shared)``; those of the same training rows get the same dict."""
    kept: dict[int, dict] = {}
    return [
        learner.fit(train, validation, shared=kept.setdefault(id(train), {}))
        for learner, (train, validation) in zip(learners, parts, strict=True)
    ]


def once(shared: MutableMapping[Hashable, Any], key: Hashable, make: Callable[[], Any]) -> Any:
    """Return what ``shared`` holds under ``key``; make it and keep it where it holds nothing."""
    if key not in shared:
        shared[key] = make()
    return shared[key]
