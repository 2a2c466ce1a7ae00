"""An openly named surrogate of ncRNALocate-EL: the mean of five kinds of multi-label ensemble."""

import zipfile
from collections.abc import Hashable, Mapping, MutableMapping
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.errors import InputError
from mmlmirloc.features import Rows, side_by_side
from mmlmirloc.files import damaged, whole
from mmlmirloc.models import base
from mmlmirloc.models.base import History, once
from mmlmirloc.models.shared.kernels import bounds
from mmlmirloc.models.shared.trees import fit_forest, score_forest

# The classes besides arrays and scikit-learn's public estimators that our own model file may hold.
TRUSTED = [
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.model_selection._split.StratifiedKFold",
]

# The folds of LIBSVM's probability estimates.
PLATT_FOLDS = 5


class Learner(base.Learner):
    """Mean probability of five multi-label learners on all views side by side.

    Bai & Liu 2023 (Brief. Funct. Genomics, elad007) call ncRNALocate-EL a multi-label ensemble; its members
    could not be read and no code is public, so this is *not* their model. All of it is our choice, from the
    multi-label methods that the group's toolbox (BLM-MLL) lists:

    - binary relevance: one random forest per location;
    - classifier chains of RBF support vector machines with Platt scaling, over random orders
      (Read et al. 2011);
    - label powerset: one random forest whose classes are the label sets that occur;
    - RAkEL with overlapping label sets (Tsoumakas et al. 2011): a label powerset forest for each of several distinct
      sets of locations; of four locations there are only four sets of three, fewer than the six asked for;
    - ML-kNN (Zhang & Zhou 2007).

    Columns are min-max scaled on training rows. The seed is that of forests, chain orders and RAkEL sets.
    """

    SLOW = True
    SETTINGS = (
        Setting("trees", int, "trees of each forest", default=500, minimum=1),
        Setting("min_samples_leaf", int, "rows that a leaf holds at least", default=1, minimum=1),
        Setting("chains", int, "orders of the classifier chains", default=10, minimum=1),
        Setting("C", float, "cost of the support vector machines", default=1.0, above=0),
        Setting("labelsets", int, "most sets of locations of RAkEL", default=6, minimum=1),
        Setting("labelset_size", int, "locations in each set of RAkEL", default=3, minimum=1),
        Setting("neighbours", int, "neighbours of ML-kNN", default=10, minimum=1),
    )

    def __init__(self, settings: Mapping[str, Any], locations: list[str], seed: int):
        super().__init__(settings, locations, seed)
        self.state: dict[str, Any] = {}

    def fit(self, train: Rows, validation: Rows, shared: MutableMapping[Hashable, Any] | None = None) -> History:
        """Fit on ``train``; ``validation`` is not looked at. Returns no history.

        A location with fewer than two positive or fewer than two negative rows is left out of every member and gets
        the share of positive rows as a constant score, which is 0 or 1 where there is one class only.
        """
        values = side_by_side(train.views)
        low, span = bounds(values)
        values = (values - low) / span
        labels = train.labels.astype(np.int64)
        positive = labels.sum(axis=0)
        learnable = np.flatnonzero(np.minimum(positive, len(labels) - positive) >= 2)
        self.state = {
            "views": list(train.views),
            "low": low,
            "span": span,
            "share": labels.mean(axis=0),
            "learnable": learnable,
            "members": self.fit_members(values, labels[:, learnable], shared) if len(learnable) else {},
        }
        return []

    def fit_members(self, values: np.ndarray, labels: np.ndarray, shared: dict) -> dict[str, Any]:
        """Fit the members on scaled rows and the labels worth learning; ``shared`` keeps them for other settings."""
        settings = self.settings
        random = np.random.default_rng(self.seed)
        count = labels.shape[1]
        # Binary relevance, label powerset and RAkEL are one thing: forests over sets of labels.
        sets = {
            "relevance": [np.array([label]) for label in range(count)],
            "powerset": [np.arange(count)],
            "rakel": label_sets(count, self.settings["labelset_size"], self.settings["labelsets"], random),
        }
        orders = [random.permutation(count) for _ in range(self.settings["chains"])]
        seeds = {name: random.integers(2**31, size=len(several)).tolist() for name, several in sets.items()}
        return {
            "sets": sets,
            "forests": once(
                shared,
                ("forests", self.seed, *(value for name, value in sorted(settings.items()) if name != "C")),
                lambda: {
                    name: [
                        fit_forest(
                            values,
                            labels[:, chosen],
                            n_estimators=settings["trees"],
                            min_samples_leaf=settings["min_samples_leaf"],
                            random_state=seed,
                        )
                        for chosen, seed in zip(several, seeds[name], strict=True)
                    ]
                    for name, several in sets.items()
                },
            ),
            "chains": once(
                shared,
                (
                    "chains",
                    self.seed,
                    settings["chains"],
                    settings["C"],
                    settings["labelsets"],
                    settings["labelset_size"],
                ),
                lambda: [self.chain(order, labels).fit(values, labels) for order in orders],
            ),
            "mlknn": once(
                shared,
                ("mlknn", settings["neighbours"]),
                lambda: fit_mlknn(values, labels, settings["neighbours"]),
            ),
        }

    def chain(self, order: np.ndarray, labels: np.ndarray) -> Any:
        """Return the unfitted chain of calibrated support vector machines in the given order."""
        from sklearn.calibration import CalibratedClassifierCV
        from sklearn.model_selection import StratifiedKFold
        from sklearn.multioutput import ClassifierChain
        from sklearn.svm import SVC

        positive = labels.sum(axis=0)
        folds = int(min(PLATT_FOLDS, positive.min(), (len(labels) - positive).min()))
        # Rows may come in an order that means something (accession, hence age): shuffled folds.
        splits = StratifiedKFold(folds, shuffle=True, random_state=self.seed)
        machine = CalibratedClassifierCV(SVC(C=self.settings["C"]), cv=splits, ensemble=False)
        return ClassifierChain(machine, order=order.tolist())

    def score_some(self, rows: Rows) -> np.ndarray:
        """Return the members' mean probability, shape (n, locations)."""
        state = self.state
        scores = np.tile(state["share"], (len(rows), 1))
        if state["members"]:
            values = (side_by_side({name: rows.views[name] for name in state["views"]}) - state["low"]) / state["span"]
            scores[:, state["learnable"]] = np.nanmean(list(self.score_members(values).values()), axis=0)
        return scores

    def score_members(self, values: np.ndarray) -> dict[str, np.ndarray]:
        """Return each member's probabilities of the learnable locations for scaled rows.

        RAkEL has NaN for a location that is in none of its sets.
        """
        members = self.state["members"]
        count = len(self.state["learnable"])
        scores = {"mlknn": score_mlknn(members["mlknn"], values)}
        for name, forests in members["forests"].items():
            total, times = np.zeros((len(values), count)), np.zeros(count)
            for chosen, forest in zip(members["sets"][name], forests, strict=True):
                total[:, chosen] += score_forest(forest, values)
                times[chosen] += 1
            scores[name] = np.where(times > 0, total / np.maximum(times, 1), np.nan)
        if members["chains"]:
            scores["chains"] = np.mean([chain.predict_proba(values) for chain in members["chains"]], axis=0)
        return scores

    def save(self, path: Path) -> None:
        """Write the fitted members in skops' format, which holds no pickle."""
        import skops.io

        with whole(path) as temporary:
            skops.io.dump(self.state, temporary, compression=zipfile.ZIP_DEFLATED)

    @classmethod
    def load(cls, path: Path, settings: Mapping[str, Any], locations: list[str]) -> "Learner":
        """Read back what :meth:`save` wrote; only the classes of ``TRUSTED`` are let in.

        Raises
        ------
        InputError
            When the file is missing, damaged, or holds another class.
        """
        import skops.io
        from skops.io.exceptions import UntrustedTypesFoundException

        learner = cls(settings, locations, 0)
        try:
            learner.state = skops.io.load(path, trusted=TRUSTED)
        except FileNotFoundError:
            raise InputError("A model file is missing", path, "a skops file", "run the rule that makes it") from None
        except (OSError, KeyError, zipfile.BadZipFile, UntrustedTypesFoundException) as error:
            raise damaged(path, error) from None
        return learner


def label_sets(count: int, size: int, most: int, random: np.random.Generator) -> list[np.ndarray]:
    """Draw at most ``most`` distinct sets of ``size`` of ``count`` labels, without replacement (RAkELo)."""
    every = list(combinations(range(count), min(size, count)))
    drawn = random.permutation(len(every))[:most]
    return [np.array(every[number]) for number in sorted(drawn)]


def fit_mlknn(values: np.ndarray, labels: np.ndarray, neighbours: int) -> dict[str, np.ndarray]:
    r"""Fit ML-kNN (Zhang & Zhou 2007, Pattern Recognition 40:2038) with Laplace smoothing s = 1.

    With :math:`C_x` the number of a row's k nearest other training rows that bear a label, kept are, per label,
    the prior :math:`P(H_1) = (s + \sum y) / (2s + n)` and, for j = 0 to k, the likelihoods
    :math:`P(C = j | H_b) = (s + \#\{y = b, C = j\}) / (s (k + 1) + \#\{y = b\})`.

    Parameters
    ----------
    values : numpy.ndarray
        Shape (n, width).
    labels : numpy.ndarray
        Shape (n, labels), 0 or 1.
    neighbours : int
        k; n - 1 where there are fewer other rows (our choice). Distances are Euclidean.

    Returns
    -------
    dict
        ``values`` and ``labels`` as given; ``prior``, shape (labels,); ``likelihood``, shape (2, labels, k + 1).
    """
    n, count = labels.shape
    k = min(neighbours, n - 1)
    near = labels[neighbour_rows(values, None, k)].sum(axis=1)
    likelihood = np.ones((2, count, k + 1))
    for label in range(count):
        np.add.at(likelihood, (labels[:, label], label, near[:, label]), 1)
    likelihood /= likelihood.sum(axis=2, keepdims=True)
    return {"values": values, "labels": labels, "prior": (1 + labels.sum(axis=0)) / (2 + n), "likelihood": likelihood}


def score_mlknn(fitted: Mapping[str, np.ndarray], values: np.ndarray) -> np.ndarray:
    """Return (m, labels): the posterior P(H1 | C), with neighbours among the training rows."""
    k = fitted["likelihood"].shape[2] - 1
    near = fitted["labels"][neighbour_rows(fitted["values"], values, k)].sum(axis=1)
    number = np.arange(near.shape[1])
    without = (1 - fitted["prior"]) * fitted["likelihood"][0, number, near]
    having = fitted["prior"] * fitted["likelihood"][1, number, near]
    return having / (having + without)


def neighbour_rows(train: np.ndarray, queries: np.ndarray | None, k: int) -> np.ndarray:
    """Return (m, k): the nearest training rows of each query; of each training row, itself aside, without queries."""
    from sklearn.neighbors import NearestNeighbors

    return NearestNeighbors(n_neighbors=k, algorithm="brute").fit(train).kneighbors(queries, return_distance=False)
