"""What every learner is: fit on rows, score rows, be kept on disk without pickles."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.features import Rows

#: One dict per epoch; empty where there are no epochs.
History = list[dict[str, float]]


class Learner(ABC):
    """A multi-label predictor. Each module of ``mmlmirloc.models`` has one, a class ``Learner`` that derives from this.

    Parameters
    ----------
    settings : mapping of str to value
        The learner's settings of the config with the model row's overrides and, while tuning, one
        point of the grid laid over them: all that are declared. They are checked before any learner is made.
    locations : list of str
        Names of the labels, in column order.
    seed : int
        Seed of everything random in :meth:`fit`.
    """

    #: What can be set, each with its default.
    SETTINGS: ClassVar[tuple[Setting, ...]] = ()
    #: Whether the only view is of token numbers, of the kind ``kmer_tokens``; else views are of real numbers.
    TOKENS: ClassVar[bool] = False
    #: Whether to train a repeat takes a minute or more: then its jobs are started before those of others.
    SLOW: ClassVar[bool] = False

    def __init__(self, settings: Mapping[str, Any], locations: list[str], seed: int):
        self.settings, self.locations, self.seed = settings, locations, seed

    @classmethod
    def check(cls, settings: Mapping[str, Any], views: Sequence[str], locations: Sequence[str]) -> None:
        """Refuse settings that do not go together, or not with a row's views or the locations; by default none.

        It is asked before anything runs. Each setting by itself is checked by what is declared.

        Raises
        ------
        ValueError
            Its two arguments say what is wrong and what was expected.
        """
        return

    @abstractmethod
    def fit(self, train: Rows, validation: Rows, shared: MutableMapping[Hashable, Any] | None = None) -> History:
        """Fit on ``train``; ``validation`` may only choose when to stop.

        Parameters
        ----------
        train, validation : Rows
            With labels.
        shared : mapping, optional
            What learners of other settings, fitted on the same two parts, have made already; see :func:`once`. The
            result is the same with and without it.

        Returns
        -------
        list of dict
            The history: one dict per epoch (``epoch``, ``train_loss``, ``validation_loss``, ``validation_micro_f1``),
            empty where there are no epochs.
        """

    def score(self, rows: Rows) -> np.ndarray:
        """Return scores in [0, 1], float64, shape (n, locations); never reads ``rows.labels``."""
        return self.score_some(rows) if len(rows) else np.empty((0, len(self.locations)))

    @abstractmethod
    def score_some(self, rows: Rows) -> np.ndarray:
        """Do what :meth:`score` says, for at least one row."""

    @abstractmethod
    def save(self, path: Path) -> None:
        """Write what :meth:`score` needs to the single file ``path``, without pickles."""

    @classmethod
    @abstractmethod
    def load(cls, path: Path, settings: Mapping[str, Any], locations: list[str]) -> Self:
        """Read back what :meth:`save` wrote; scores are bit for bit those of the saved learner.

        Raises
        ------
        InputError
            When the file is damaged.
        """

    @classmethod
    def fit_many(cls, learners: Sequence[Self], parts: Sequence[tuple[Rows, Rows]]) -> list[History]:
        """Fit several learners of this kind, each on its own (train, validation) of ``parts``.

        Returns
        -------
        list of list of dict
            The history of each. The result of each is that of :meth:`fit`; only what those of the same training rows
            have in common is made once.
        """
        return [
            learner.fit(*part, shared) for learner, part, shared in zip(learners, parts, shares(parts), strict=True)
        ]


def shares(parts: Sequence[tuple[Rows, Rows]]) -> list[dict[Hashable, Any]]:
    """Return a mapping for each of ``parts``, the same for those of the same training rows; see :func:`once`."""
    kept: dict[int, dict[Hashable, Any]] = {}
    return [kept.setdefault(id(train), {}) for train, _ in parts]


def once(shared: MutableMapping[Hashable, Any] | None, key: Hashable, make: Callable[[], Any]) -> Any:
    """Return what ``shared`` holds under ``key``; make it and keep it where it holds nothing."""
    if shared is None:
        return make()
    if key not in shared:
        shared[key] = make()
    return shared[key]
