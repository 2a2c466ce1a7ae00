"""MKSVM: one support vector machine per location on a weighted sum of one RBF kernel per view."""

from collections.abc import Hashable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.features import Rows
from mmlmirloc.files import read_arrays, write_arrays
from mmlmirloc.models import base
from mmlmirloc.models.base import History, once
from mmlmirloc.models.shared.kernels import ViewKernels, weighted_kernels

# The folds of LIBSVM's probability estimates.
PLATT_FOLDS = 5


class Learner(base.Learner):
    """Multiple kernel SVM with HSIC weights.

    Wang et al. 2021 (BMC Genomics 22:56): nucleotide composition features, kernels fused by HSIC, an
    SVM per label. Of the article only that much could be read. Our choice: min-max scaling on training
    rows, RBF kernels, Platt scaling by cross-validated decision values (as LIBSVM's ``-b 1``, which
    the group's protein predictor uses), and gamma = ``gamma_scale`` / width for each view. ``gamma_scale`` and ``C``
    are for inner cross-validation to choose. The seed is that of the folds of Platt scaling.
    """

    SETTINGS = (
        Setting("gamma_scale", float, "gamma of a kernel times the width of its view", default=2.0, above=0),
        Setting("C", float, "cost of the support vector machines", default=1.0, above=0),
    )

    def __init__(self, settings: Mapping[str, Any], locations: list[str], seed: int):
        super().__init__(settings, locations, seed)
        self.kernels: ViewKernels
        # weights (locations, views); duals (locations, n): zero but for the support vectors;
        # biases, slopes, offsets (locations,): score = 1 / (1 + exp(slope * decision + offset)).
        self.state: dict[str, np.ndarray] = {}

    def fit(self, train: Rows, validation: Rows, shared: MutableMapping[Hashable, Any] | None = None) -> History:
        """Fit on ``train``; ``validation`` is not looked at. Returns no history.

        A location with fewer than two positive or fewer than two negative rows cannot be calibrated: it gets the
        share of positive rows as a constant score, which is 0 or 1 where there is one class only.
        """
        scale = self.settings["gamma_scale"]
        self.kernels, weights, combined = once(
            shared,
            scale,
            lambda: weighted_kernels(train, [scale / view.mean().shape[1] for view in train.views.values()]),
        )
        count, n = len(self.locations), len(train)
        self.state = {"weights": weights, "duals": np.zeros((count, n))}
        self.state |= {name: np.zeros(count) for name in ("biases", "slopes", "offsets")}
        self.state["constants"] = np.full(count, np.nan)
        for number, label in enumerate(train.labels.T):
            smaller = int(min(label.sum(), n - label.sum()))
            if smaller < 2:
                self.state["constants"][number] = label.mean()
                continue
            self.fit_location(number, combined[number], label, min(PLATT_FOLDS, smaller))
        return []

    def fit_location(self, number: int, kernel: np.ndarray, label: np.ndarray, folds: int) -> None:
        """Fit the machine and the sigmoid of one location, and keep their numbers."""
        from sklearn.calibration import CalibratedClassifierCV
        from sklearn.model_selection import StratifiedKFold
        from sklearn.svm import SVC

        machine = SVC(kernel="precomputed", C=self.settings["C"])
        splits = StratifiedKFold(folds, shuffle=True, random_state=self.seed)
        fitted = CalibratedClassifierCV(machine, cv=splits, ensemble=False).fit(kernel, label)
        (calibrated,) = fitted.calibrated_classifiers_
        (sigmoid,) = calibrated.calibrators
        machine = calibrated.estimator
        self.state["duals"][number, machine.support_] = machine.dual_coef_[0]
        self.state["biases"][number] = machine.intercept_[0]
        self.state["slopes"][number], self.state["offsets"][number] = sigmoid.a_, sigmoid.b_

    def score_some(self, rows: Rows) -> np.ndarray:
        """Return probabilities, shape (n, locations)."""
        from scipy.special import expit

        between = self.kernels.between(rows.views)
        state = self.state
        columns = []
        for number in range(len(self.locations)):
            kernel = np.tensordot(state["weights"][number], between, axes=1)
            decision = kernel @ state["duals"][number] + state["biases"][number]
            columns.append(expit(-(state["slopes"][number] * decision + state["offsets"][number])))
        scores = np.stack(columns, axis=1)
        return np.where(np.isnan(state["constants"]), scores, state["constants"])

    def save(self, path: Path) -> None:
        """Write scaling, training rows, kernel weights, machines and sigmoids as npz."""
        write_arrays(path, **self.kernels.arrays(), **self.state)

    @classmethod
    def load(cls, path: Path, settings: Mapping[str, Any], locations: list[str]) -> "Learner":
        """Read back what :meth:`save` wrote."""
        learner = cls(settings, locations, 0)
        kept = read_arrays(path)
        learner.kernels = ViewKernels.from_arrays(kept)
        names = ("weights", "duals", "biases", "slopes", "offsets", "constants")
        learner.state = {name: kept[name] for name in names}
        return learner
