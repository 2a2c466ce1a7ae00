"""MK-GHkNN: multiple kernel, graph regularised k-local hyperplane distance nearest neighbours."""

from collections.abc import Hashable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.errors import InputError
from mmlmirloc.features import Rows
from mmlmirloc.files import read_arrays, write_arrays
from mmlmirloc.models import base
from mmlmirloc.models.base import History, once
from mmlmirloc.models.shared.kernels import ViewKernels, weighted_kernels

# The published gamma of each feature group on human miRNA, by its number of columns:
# NAC, CKSNAP (gaps 0-5), Kmer1234, Kmer4, RCKmer (k = 3).
PAPER_GAMMAS = {4: 1.0, 96: 0.25, 340: 2.0**-15, 256: 2.0**-15, 32: 2.0**-10}

# Query rows worked on at a time, so that memory stays small for any number of rows.
CHUNK = 256


class Learner(base.Learner):
    r"""Distance to the hyperplane through the nearest rows of each class, in a combined kernel's space.

    Zhou et al. 2021 (TCBB). For each location and each class c of {0, 1} the k nearest members of c by
    :math:`\sqrt{K_{xx} + K_{yy} - 2 K_{xy}}` give :math:`d_c` (:func:`hyperplane_distance`); the score is
    :math:`d_0 / (d_0 + d_1)`.
    Kernel weights per location by :func:`mmlmirloc.models.shared.kernels.hsic_weights`.

    Unlike the published code, which scales and weighs kernels with all rows *and labels* before it makes
    the folds, everything here is taken from training rows only. Our choice: a class with fewer than k members
    gives all of them; a class with none is never nearer, so the score is 0 (no positive) or 1 (no negative);
    two distances of 0 give 0.5. Nothing here is random.
    """

    SETTINGS = (
        Setting("neighbours", int, "nearest rows of each class; 50 published", default=50, minimum=1),
        # Equal rows have no solution without it.
        Setting("lambda", float, "ridge regularisation; 0.1 published", default=0.1, above=0),
        Setting("beta", float, "graph regularisation; 0.1 published", default=0.1, minimum=0),
        Setting(
            "gammas",
            float,
            "the published gamma of each feature group, or a number to be divided by the width of each view",
            default="paper",
            above=0,
            choices=("paper",),
        ),
    )

    def __init__(self, settings: Mapping[str, Any], locations: list[str], seed: int):
        super().__init__(settings, locations, seed)
        self.kernels: ViewKernels
        # weights (locations, views), labels (n, locations), combined (locations, n, n).
        self.weights = self.labels = self.combined = np.empty(0)

    def fit(self, train: Rows, validation: Rows, shared: MutableMapping[Hashable, Any] | None = None) -> History:
        """Keep the rows of ``train``, their scaling and their kernel weights; ``validation`` is not looked at."""
        gammas = self.settings["gammas"]
        self.labels = train.labels
        self.kernels, self.weights, self.combined = once(
            shared,
            gammas,
            lambda: weighted_kernels(train, view_gammas(train, gammas)),
        )
        return []

    def score_some(self, rows: Rows) -> np.ndarray:
        """Return d0 / (d0 + d1), shape (n, locations)."""
        between = np.tensordot(self.weights, self.kernels.between(rows.views), axes=1)
        scores = np.empty((len(rows), len(self.locations)))
        for number, label in enumerate(self.labels.T):
            distances = [self.distances(number, np.flatnonzero(label == c), between[number]) for c in (0, 1)]
            scores[:, number] = nearness(*distances)
        return scores

    def distances(self, number: int, members: np.ndarray, queries: np.ndarray) -> np.ndarray:
        """Distance of each query to the training rows ``members``; infinite where there are none.

        ``queries`` has shape (m, n): the combined kernel of location ``number`` with all training rows.
        """
        if len(members) == 0:
            return np.full(len(queries), np.inf)
        result = np.empty(len(queries))
        for first in range(0, len(queries), CHUNK):
            near = queries[first : first + CHUNK][:, members]
            # All K_xx are 1, so the nearest are those with the largest K_xy; ties go to the earlier row.
            order = np.argsort(-near, axis=1, kind="stable")[:, : self.settings["neighbours"]]
            index = members[order]
            result[first : first + CHUNK] = hyperplane_distance(
                self.combined[number][index[:, :, None], index[:, None, :]],
                np.take_along_axis(near, order, axis=1),
                self.settings["lambda"],
                self.settings["beta"],
            )
        return result

    def save(self, path: Path) -> None:
        """Write scaling, training rows, their labels and the kernel weights as npz."""
        write_arrays(path, **self.kernels.arrays(), weights=self.weights, labels=self.labels)

    @classmethod
    def load(cls, path: Path, settings: Mapping[str, Any], locations: list[str]) -> "Learner":
        """Read back what :meth:`save` wrote."""
        learner = cls(settings, locations, 0)
        kept = read_arrays(path)
        learner.kernels = ViewKernels.from_arrays(kept)
        learner.weights, learner.labels = kept["weights"], kept["labels"]
        learner.combined = np.tensordot(learner.weights, learner.kernels.among(), axes=1)
        return learner


def view_gammas(train: Rows, gammas: str | float) -> list[float]:
    """Return the gamma of each view, for the setting ``gammas``."""
    widths = {name: features.mean().shape[1] for name, features in train.views.items()}
    if gammas != "paper":
        return [gammas / width for width in widths.values()]
    for name, width in widths.items():
        if width not in PAPER_GAMMAS:
            raise InputError(
                f"The MK-GHkNN article has no gamma for the view '{name}' of {width} columns",
                "gammas of the learner mkghknn",
                f"views of {', '.join(map(str, PAPER_GAMMAS))} columns",
                "set gammas to a number, or use the article's views",
            )
    return [PAPER_GAMMAS[width] for width in widths.values()]


def hyperplane_distance(kernel: np.ndarray, query: np.ndarray, ridge: float, graph: float) -> np.ndarray:
    r"""Return the graph-regularised distance of queries to the hyperplanes of their neighbours.

    :math:`L = I - D^{-1/2} K D^{-1/2}`, :math:`\alpha = (K + \lambda I + \beta L)^{-1} k_1`,
    :math:`d = \sqrt{K_0 - 2 k_1'\alpha + \alpha'K\alpha}` with :math:`K_0 = \sum_f w_f = 1`.

    The published code first centres neighbours and query on the neighbours' mean, per view. An RBF
    kernel depends on differences only, so that changes nothing and is left out.

    Parameters
    ----------
    kernel : numpy.ndarray
        Shape (m, k, k): the combined kernel among each query's neighbours.
    query : numpy.ndarray
        Shape (m, k): that between each query and its neighbours.
    ridge, graph : float
        Lambda and beta.

    Returns
    -------
    numpy.ndarray
        Shape (m,).
    """
    identity = np.eye(kernel.shape[-1])
    root = 1 / np.sqrt(kernel.sum(axis=-1))
    laplacian = identity - root[:, :, None] * kernel * root[:, None, :]
    alpha = np.linalg.solve(kernel + ridge * identity + graph * laplacian, query[:, :, None])[:, :, 0]
    explained = 2 * (query * alpha).sum(axis=1) - np.einsum("mi,mij,mj->m", alpha, kernel, alpha)
    return np.sqrt(np.clip(1 - explained, 0, None))


def nearness(negative: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """Return d0 / (d0 + d1): 1 next to the positive class, 0 next to the negative one, 0.5 in doubt."""
    total = negative + positive
    inside = np.isfinite(total) & (total > 0)
    share = np.divide(negative, total, out=np.full(len(total), 0.5), where=inside)
    return np.where(np.isinf(negative), 1.0, np.where(np.isinf(positive), 0.0, share))
