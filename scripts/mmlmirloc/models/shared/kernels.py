"""What the kernel competitors share: min-max scaling, one RBF kernel per view, HSIC kernel weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mmlmirloc.features import Features, Rows

# The regularisers of the HSIC objective, as in the public MATLAB code of MK-GHkNN.
LAPLACIAN, RIDGE = 0.01, 0.001


def bounds(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the minimum and the range of each column; the range of a constant column counts as 1."""
    low = values.min(axis=0)
    span = values.max(axis=0) - low
    return low, np.where(span > 0, span, 1.0)


@dataclass(frozen=True)
class ViewKernels:
    """The kernels between training rows and any rows, one per view.

    Attributes
    ----------
    views : list of str
        View ids.
    gammas : numpy.ndarray
        Shape (views,): the width of each view's RBF kernel.
    low, span : list of numpy.ndarray
        Per view, shape (width,): minimum and range of the *training* rows. Other rows are scaled by the
        same numbers and not clipped, so they may fall outside 0 to 1.
    train : list of numpy.ndarray
        Per view, shape (n, width): the scaled training rows.
    """

    views: list[str]
    gammas: np.ndarray
    low: list[np.ndarray]
    span: list[np.ndarray]
    train: list[np.ndarray]

    @classmethod
    def fit(cls, views: Mapping[str, Features], gammas: Sequence[float]) -> "ViewKernels":
        """Take scaling and reference rows from the training rows ``views``."""
        values = [features.mean().astype(np.float64) for features in views.values()]
        low, span = map(list, zip(*(bounds(block) for block in values), strict=True))
        train = [(block - least) / width for block, least, width in zip(values, low, span, strict=True)]
        return cls(list(views), np.asarray(gammas, dtype=np.float64), low, span, train)

    def between(self, views: Mapping[str, Features]) -> np.ndarray:
        r"""Return (views, m, n): :math:`\exp(-\gamma_f \|x - y\|^2)` of m rows x and the training rows y."""
        from sklearn.metrics.pairwise import rbf_kernel

        return np.stack(
            [
                rbf_kernel((views[name].mean().astype(np.float64) - low) / span, train, gamma=gamma)
                for name, gamma, low, span, train in zip(
                    self.views, self.gammas, self.low, self.span, self.train, strict=True
                )
            ]
        )

    def among(self) -> np.ndarray:
        """Return (views, n, n): the kernels among the training rows."""
        from sklearn.metrics.pairwise import rbf_kernel

        return np.stack([rbf_kernel(rows, gamma=gamma) for rows, gamma in zip(self.train, self.gammas, strict=True)])

    def arrays(self) -> dict[str, np.ndarray]:
        """Return all of it as named arrays, for an npz file."""
        kept = {"views": np.array(self.views), "gammas": self.gammas}
        for number in range(len(self.views)):
            kept |= {
                f"low_{number}": self.low[number],
                f"span_{number}": self.span[number],
                f"train_{number}": self.train[number],
            }
        return kept

    @classmethod
    def from_arrays(cls, kept: Mapping[str, np.ndarray]) -> "ViewKernels":
        """Read back what :meth:`arrays` gave."""
        views = [str(name) for name in kept["views"]]
        low, span, train = (
            [kept[f"{part}_{number}"] for number in range(len(views))] for part in ("low", "span", "train")
        )
        return cls(views, kept["gammas"], low, span, train)


def centred(kernels: np.ndarray) -> np.ndarray:
    """Return HKH with H = I - 11'/n, for each kernel of an array (..., n, n)."""
    rows = kernels.mean(axis=-1, keepdims=True)
    columns = kernels.mean(axis=-2, keepdims=True)
    return kernels - rows - columns + kernels.mean(axis=(-2, -1), keepdims=True)


def hsic_weights(kernels: np.ndarray, labels: np.ndarray) -> np.ndarray:
    r"""Weigh kernels by how much they depend on a label (Hilbert-Schmidt independence criterion).

    Per label y the weights minimise :math:`-w'a + 0.01 w'Lw + 0.001 \|w\|^2` over w >= 0 with sum 1, where
    :math:`a_f = tr(H K_f H y y') / (n-1)^2`, :math:`M_{fg}` is the cosine (Frobenius) of
    :math:`H K_f H` and :math:`H K_g H`, and :math:`L = diag(M 1) - M`.

    Parameters
    ----------
    kernels : numpy.ndarray
        Shape (kernels, n, n), among the training rows.
    labels : numpy.ndarray
        Shape (n, locations), 0 or 1.

    Returns
    -------
    numpy.ndarray
        Shape (locations, kernels): weights, each row adding up to 1.

    Notes
    -----
    The objective is that of MK-GHkNN's public MATLAB code (Zhou et al. 2021, TCBB), which MKSVM's
    abstract (Wang et al. 2021, BMC Genomics 22:56) also names. Our choice: SLSQP from uniform weights, so
    that the result is the same each time (theirs starts at random), and a cosine of 0 with a kernel that
    is constant.
    """
    from scipy.optimize import minimize

    count, n = len(kernels), kernels.shape[-1]
    middle = centred(kernels)
    flat = middle.reshape(count, -1)
    lengths = np.linalg.norm(flat, axis=1)
    cosine = (flat @ flat.T) / np.where(lengths > 0, lengths, 1.0)[:, None] / np.where(lengths > 0, lengths, 1.0)
    penalty = LAPLACIAN * (np.diag(cosine.sum(axis=1)) - cosine) + RIDGE * np.eye(count)
    start = np.full(count, 1 / count)
    weights = []
    for label in labels.T.astype(np.float64):
        alignment = middle @ label @ label / max(n - 1, 1) ** 2
        best = minimize(
            lambda w, a=alignment: w @ penalty @ w - a @ w,
            start,
            jac=lambda w, a=alignment: 2 * penalty @ w - a,
            method="SLSQP",
            bounds=[(0, 1)] * count,
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": np.ones_like},
            # The alignments differ by thousandths: the default of 1e-6 would stop too soon.
            options={"ftol": 1e-14, "maxiter": 1000},
        )
        clipped = np.clip(best.x, 0, None)
        weights.append(clipped / clipped.sum())
    return np.array(weights)


def weighted_kernels(train: Rows, gammas: Sequence[float]) -> tuple[ViewKernels, np.ndarray, np.ndarray]:
    """Return the views' kernels, their HSIC weights (locations, views), and their weighted sums (locations, n, n)."""
    kernels = ViewKernels.fit(train.views, gammas)
    among = kernels.among()
    weights = hsic_weights(among, train.labels)
    return kernels, weights, np.tensordot(weights, among, axes=1)
