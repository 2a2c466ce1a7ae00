"""An openly named surrogate of ncRNALocate-EL: the mean of five kinds of multi-label ensemble."""

import zipfile
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from mmlmirloc.errors import InputError
from mmlmirloc.features import Features, Rows
from mmlmirloc.files import damaged, whole
from mmlmirloc.models.kernels import bounds

KIND = True

# The classes besides arrays and scikit-learn's public estimators that our own model file may hold.
TRUSTED = [
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.model_selection._split.StratifiedKFold",
]

# The folds of LIBSVM's probability estimates.
PLATT_FOLDS = 5


class Learner:
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

    Columns are min-max scaled on training rows.

    Parameters
    ----------
    settings : mapping
        ``trees``: int, per forest (500); ``min_samples_leaf``: int, of their trees; ``chains``: int, number
        of orders (10); ``C``: float, of the support vector machines; ``labelsets``: int, most RAkEL sets (6);
        ``labelset_size``: int, locations per set (3); ``neighbours``: int, of ML-kNN (10).
    locations : list of str
        Label names.
    seed : int
        Seed of forests, chain orders and RAkEL sets.
    """

    def __init__(self, settings: Mapping[str, Any], locations: list[str], seed: int):
        self.settings, self.locations, self.seed = settings, locations, seed
        self.state: dict[str, Any] = {}

    def fit(self, train: Rows, validation: Rows) -> list[dict[str, float]]:
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
            "members": self.fit_members(values, labels[:, learnable]) if len(learnable) else {},
        }
        return []

    def fit_members(self, values: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
        """Fit the five members on scaled rows and the labels worth learning."""
        random = np.random.default_rng(self.seed)
        count = labels.shape[1]
        # Binary relevance, label powerset and RAkEL are one thing: forests over sets of labels.
        sets = {
            "relevance": [np.array([label]) for label in range(count)],
            "powerset": [np.arange(count)],
            "rakel": label_sets(count, self.settings["labelset_size"], self.settings["labelsets"], random),
        }
        orders = [random.permutation(count) for _ in range(self.settings["chains"])]
        return {
            "sets": sets,
            "forests": {
                name: [self.forest(values, labels[:, chosen], random) for chosen in several]
                for name, several in sets.items()
            },
            "chains": [self.chain(order, labels).fit(values, labels) for order in orders],
            "mlknn": fit_mlknn(values, labels, self.settings["neighbours"]),
        }

    def forest(self, values: np.ndarray, labels: np.ndarray, random: np.random.Generator) -> dict[str, np.ndarray]:
        """Fit a forest whose classes are the distinct rows of ``labels``; see :func:`flat_forest`."""
        from sklearn.ensemble import RandomForestClassifier

        kinds, classes = np.unique(labels, axis=0, return_inverse=True)
        forest = RandomForestClassifier(
            self.settings["trees"],
            min_samples_leaf=self.settings["min_samples_leaf"],
            random_state=int(random.integers(2**31)),
            n_jobs=1,
        )
        return flat_forest(forest.fit(values, classes), kinds)

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

    def score(self, rows: Rows) -> np.ndarray:
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


def side_by_side(views: Mapping[str, Features]) -> np.ndarray:
    """Return all views as one matrix, float64, shape (n, sum of widths)."""
    return np.concatenate([features.mean() for features in views.values()], axis=1, dtype=np.float64)


def label_sets(count: int, size: int, most: int, random: np.random.Generator) -> list[np.ndarray]:
    """Draw at most ``most`` distinct sets of ``size`` of ``count`` labels, without replacement (RAkELo)."""
    every = list(combinations(range(count), min(size, count)))
    drawn = random.permutation(len(every))[:most]
    return [np.array(every[number]) for number in sorted(drawn)]


def flat_forest(forest: Any, kinds: np.ndarray) -> dict[str, np.ndarray]:
    """Lay the trees of a fitted scikit-learn forest end to end.

    Thousands of tree objects take skops half a minute to write; these few arrays take a second.

    Parameters
    ----------
    forest : RandomForestClassifier
        Fitted on the classes 0, 1, ...
    kinds : numpy.ndarray
        Shape (classes, labels): the label set that each class stands for.

    Returns
    -------
    dict
        ``roots``, shape (trees,); per node ``left`` and ``right`` (the node itself for a leaf), ``feature`` and
        ``threshold``; ``share``, shape (nodes, labels): the summed probability of the classes that hold a label.
    """
    trees = [estimator.tree_ for estimator in forest.estimators_]
    sizes = np.array([tree.node_count for tree in trees])
    roots = np.cumsum(sizes) - sizes
    offset = np.repeat(roots, sizes)
    left, right, feature, threshold = (
        np.concatenate([getattr(tree, name) for tree in trees])
        for name in ("children_left", "children_right", "feature", "threshold")
    )
    leaf = left < 0
    itself = np.arange(len(left))
    return {
        "roots": roots,
        "left": np.where(leaf, itself, left + offset).astype(np.int32),
        "right": np.where(leaf, itself, right + offset).astype(np.int32),
        "feature": np.where(leaf, 0, feature).astype(np.int32),
        "threshold": threshold,
        "share": np.concatenate([tree.value[:, 0] for tree in trees]) @ kinds,
    }


def score_forest(forest: Mapping[str, np.ndarray], values: np.ndarray) -> np.ndarray:
    """Return (n, labels): the mean over trees of each row's leaf share."""
    # scikit-learn's trees compare single precision values.
    values = values.astype(np.float32)
    row = np.arange(len(values))
    node = np.tile(forest["roots"][:, None], (1, len(values)))
    while True:
        goes_left = values[row, forest["feature"][node]] <= forest["threshold"][node]
        child = np.where(goes_left, forest["left"][node], forest["right"][node])
        if np.array_equal(child, node):
            return forest["share"][node].mean(axis=0)
        node = child


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
