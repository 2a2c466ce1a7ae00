"""A trained model in one safetensors file: its trees, its calibration and its rule, and what it was made from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.rules import FittedRules
from mmlmirloc.files import whole

FORMAT = "2"
HUMAN = "Homo sapiens"
# Letters of a word, and hashes that are kept of a training hairpin: enough to tell a homolog, too few to write the
# hairpin down again.
WORD, KEPT = 9, 24
# The array of the index that holds text.
CODES = "codes"
FITTED = ("thresholds", "slopes", "offsets", "label_sets", "shares")


@dataclass(frozen=True)
class TrainedModel:
    """All that a prediction needs.

    Attributes
    ----------
    locations : list of str
        Names, in the order of every array.
    views : dict of str to dict
        View -> its kind and settings, in the model's order.
    forests : list of dict
        Per fold the arrays of :func:`mmlmirloc.models.shared.trees.flat_forest`.
    rules : FittedRules
        Calibration and decision rules, fitted on validation rows.
    rule : str
        The one that validation rows prefer.
    digests, sketches : numpy.ndarray
        Of the training hairpins, shapes (n,) and (n, kept).
    lengths : tuple of int
        Shortest and longest training hairpin, bases.
    card : dict
        The model card, with the ``molecule`` that the model was trained on.
    index : dict of str to numpy.ndarray
        The arrays of :class:`mmlmirloc.data.sketch_index.SketchIndex`; empty where no view needs it.
    """

    locations: list[str]
    views: dict[str, dict[str, Any]]
    forests: list[dict[str, np.ndarray]]
    rules: FittedRules
    rule: str
    digests: np.ndarray
    sketches: np.ndarray
    lengths: tuple[int, int]
    card: dict[str, Any]
    index: dict[str, np.ndarray] = field(default_factory=dict)


def whose(card: Mapping[str, Any]) -> str:
    """Return whose hairpins a model was trained on, in words; human where its card, an earlier one, does not say."""
    species = str(card.get("species", HUMAN))
    return "human" if species == HUMAN else species


def save(model: TrainedModel, path: str | Path) -> None:
    """Write a model; equal models give equal bytes."""
    from safetensors.numpy import save as to_bytes

    arrays = {
        f"fold-{fold:02d}.{name}": value
        for fold, forest in enumerate(model.forests)
        for name, value in packed(forest).items()
    }
    arrays |= {f"rules.{name}": getattr(model.rules, name) for name in FITTED}
    arrays |= {"training.digests": model.digests, "training.sketches": model.sketches}
    arrays |= {f"index.{name}": value for name, value in model.index.items() if name != CODES}
    about = {
        "format": FORMAT,
        "folds": len(model.forests),
        "locations": model.locations,
        # A list, since their order is that of the columns, and the keys below are sorted.
        "views": list(model.views.items()),
        "rule": model.rule,
        "threshold": model.rules.fixed,
        "lengths": list(model.lengths),
        "card": model.card,
        # Text, of which the format has no arrays.
        "codes": [str(code) for code in model.index.get(CODES, ())],
    }
    with whole(path) as temporary:
        contiguous = {name: np.asarray(value, order="C") for name, value in sorted(arrays.items())}
        temporary.write_bytes(to_bytes(contiguous, metadata={"mmlmirloc": json.dumps(about, sort_keys=True)}))


def packed(forest: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return a forest at a third of its size: numbers of half the length, and shares of leaves only.

    Rows are compared in single precision, so a threshold can be the largest such number that is not above it. Shares
    lose what single precision does not hold.
    """
    threshold = forest["threshold"].astype(np.float32)
    threshold = np.where(threshold > forest["threshold"], np.nextafter(threshold, np.float32(-np.inf)), threshold)
    leaf = forest["left"] == np.arange(len(forest["left"]))
    return {
        "roots": forest["roots"].astype(np.int32),
        "left": forest["left"].astype(np.int32),
        "right": forest["right"].astype(np.int32),
        "feature": forest["feature"].astype(np.int16),
        "threshold": threshold.astype(np.float32),
        "share": forest["share"][leaf].astype(np.float32),
    }


def unpacked(forest: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the forest of :func:`packed`, for :func:`mmlmirloc.models.shared.trees.score_forest`."""
    leaf = forest["left"] == np.arange(len(forest["left"]))
    share = np.zeros((len(leaf), forest["share"].shape[1]), dtype=np.float32)
    share[leaf] = forest["share"]
    return {**forest, "share": share}


def load(path: str | Path) -> TrainedModel:
    """Read what :func:`save` wrote.

    Raises
    ------
    InputError
        When the file is missing, damaged, or of another format.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="numpy") as file:
            about = json.loads((file.metadata() or {})["mmlmirloc"])
            if about["format"] != FORMAT:
                raise unusable(path, f"its format is {about['format']}, this version reads {FORMAT}")
            return _unpacked(about, {name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
    except (OSError, SafetensorError, KeyError, ValueError, TypeError) as error:
        raise unusable(path, str(error)) from None


def _unpacked(about: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> TrainedModel:
    forests = [
        unpacked({name.split(".")[1]: value for name, value in arrays.items() if name.startswith(f"fold-{fold:02d}.")})
        for fold in range(about["folds"])
    ]
    index = {name.split(".")[1]: value for name, value in arrays.items() if name.startswith("index.")}
    if index:
        index[CODES] = np.array(about["codes"])
    rules = FittedRules(about["threshold"], *(arrays[f"rules.{name}"] for name in FITTED))
    return TrainedModel(
        about["locations"],
        dict(about["views"]),
        forests,
        rules,
        about["rule"],
        arrays["training.digests"],
        arrays["training.sketches"],
        tuple(about["lengths"]),
        about["card"],
        index,
    )


def unusable(path: str | Path, reason: str) -> InputError:
    """Say why a model file cannot be used."""
    return InputError(
        f"The model cannot be read ({reason})",
        path,
        "a model that rule export_model wrote",
        "take the model that is shipped, or make it again: snakemake results/final/sketchmirloc.safetensors",
    )
