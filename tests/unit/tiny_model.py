"""A forest on forty made-up hairpins, made as the workflow makes a final model, for the tests of prediction."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.data.sketch_index import write_index
from mmlmirloc.data.splits import split_dataset
from mmlmirloc.evaluation.rules import RULES
from mmlmirloc.predicting.export import export_model
from mmlmirloc.training import Model, train_models
from mmlmirloc.views.making import compute_view

LOCATIONS = ["nucleus", "exosome", "cytoplasm"]
SETTINGS = {
    "trees": 12,
    "splits": "random",
    "min_samples_leaf": 2,
    "max_leaf_nodes": 0,
    "bootstrap": False,
    "max_features": "sqrt",
}
VIEWS = {
    "sketches": {"kind": "sketches", "settings": {"shared": 3}},
    "composition": {
        "kind": "kmer",
        "settings": {"k": [1, 2], "denominator": "windows", "reverse_complement": False},
    },
    "length": {"kind": "summary", "settings": {"field": "length"}},
}
SPEC = {"learner": "forest", "settings": SETTINGS, "grid": {}, "search": "product", "views": VIEWS}
FOLDS = 3
NOTE = "Made-up hairpins"


def hairpin(seed: int) -> str:
    """Return a made-up hairpin of 60 to 100 bases: a stem with a few mismatches around a loop."""
    random = np.random.default_rng([7, seed])
    five = random.choice(list("ACGU"), random.integers(26, 44))
    three = np.array([{"A": "U", "C": "G", "G": "C", "U": "A"}[base] for base in five[::-1]])
    wrong = random.random(len(three)) < 0.1
    three[wrong] = random.choice(list("ACGU"), wrong.sum())
    return "".join([*five, *random.choice(list("ACGU"), random.integers(8, 13)), *three])


HAIRPINS = [hairpin(seed) for seed in range(40)]
# None of them was trained on.
OTHERS = [hairpin(seed) for seed in range(100, 112)]


def mutated(sequence: str, *places: int) -> str:
    """Change the bases at some places to their complement."""
    changed = list(sequence)
    for place in places:
        changed[place] = {"A": "U", "C": "G", "G": "C", "U": "A"}[changed[place]]
    return "".join(changed)


def write_mirnas(path: Path, shown: slice = slice(None)) -> None:
    """Write the dataset; a location follows the share of a base, so that there is something to learn."""
    shares = np.array([[sequence.count(base) / len(sequence) for base in "GAC"] for sequence in HAIRPINS])
    labels = (shares > np.median(shares, axis=0)).astype(int)
    labels[labels.sum(axis=1) == 0, 0] = 1
    rows = pd.DataFrame(labels, columns=LOCATIONS)
    rows.insert(0, "accession", [f"MI{number:07d}" for number in range(len(HAIRPINS))])
    rows.insert(1, "name", [f"hsa-mir-{number}" for number in range(len(HAIRPINS))])
    rows.insert(2, "sequence", [sequence[shown] for sequence in HAIRPINS])
    rows.to_csv(path, sep="\t", index=False)


def write_scores(path: Path) -> None:
    """Write a table of models: the model's own, era's and another's rows, alike by every rule of a model."""
    columns = ["protocol", "model", "label", "metric", "rule", "mean", "ci_low", "ci_high", "repeats", "not_above"]
    lines = [
        *(("grouped", "tiny", "Tiny", "accuracy", rule, 0.61, 0.55, 0.67, 20, "") for rule in RULES),
        ("grouped", "tiny", "Tiny", "accuracy", "chosen", 0.51, 0.45, 0.57, 20, ""),
        ("grouped", "tiny", "Tiny", "auc_macro", "", 0.71, 0.65, 0.77, 20, "era"),
        ("grouped", "tiny", "Tiny", "brier", "", 0.2, 0.1, 0.3, 20, ""),
        *(("grouped", "era", "Era", "accuracy", rule, 0.6, 0.5, 0.7, 20, "") for rule in RULES),
        *(("grouped", "other", "Other", "accuracy", rule, 0.9, 0.8, 1, 20, "") for rule in RULES),
        *(("temporal", "tiny", "Tiny", "accuracy", rule, 0.4, None, None, 1, "constant+era") for rule in RULES),
        ("grouped", "low", "Low", "accuracy", "chosen", 0.3, 0.2, 0.4, 20, ""),
        ("grouped", "high", "High", "accuracy", "chosen", 0.4, 0.3, 0.5, 20, ""),
        ("grouped", "low", "Low", "hamming_loss", "chosen", 0.2, 0.1, 0.3, 20, ""),
        ("grouped", "high", "High", "hamming_loss", "chosen", 0.5, 0.4, 0.6, 20, ""),
        ("temporal", "era_locus", "Era and the locus", "accuracy", "chosen", 0.3, 0.2, 0.4, 1, ""),
    ]
    pd.DataFrame(lines, columns=columns).to_csv(path, sep="\t", index=False)


def write_mirbase(path: Path) -> None:
    """Write miRBase's hairpins as they would be, were these human: each with a homolog in mouse or rat."""
    entries = []
    for number, sequence in enumerate(HAIRPINS):
        species = ("mmu", "rno")[number % 2]
        homolog = mutated(sequence, 30, 31)
        entries += [f">hsa-mir-{number} MI{number:07d} Homo sapiens\n{sequence}\n"]
        entries += [f">{species}-mir-{number} MI{number + 1000:07d} Other\n{homolog}\n"]
    path.write_text("".join(entries))


def train(folder: Path, shown: slice = slice(None)) -> Path:
    """Train and export a model as the workflow does; return the path of the model, beside whose files it lies.

    Parameters
    ----------
    folder : Path
        Where all files are written.
    shown : slice
        The part of each hairpin that is trained on: all of it, or as much as a mature miRNA has.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_mirnas(folder / "mirnas.tsv", shown)
    write_scores(folder / "beyond.tsv")
    write_mirbase(folder / "hairpin.fa")
    write_index(folder / "hairpin.fa", folder / "index.npz", 8, 32)
    options = {"test_size": 0, "folds": FOLDS, "stratified": True, "labelling": "recorded", "seed": 1, "repeats": [1]}
    split_dataset(folder / "mirnas.tsv", folder / "train.tsv", folder / "test.tsv", "whole", LOCATIONS, **options)
    paths = [str(folder / f"{name}.npz") for name in VIEWS]
    for view, path in zip(VIEWS.values(), paths):
        sources = {"sketches": folder / "index.npz"}
        compute_view(folder / "mirnas.tsv", path, view["kind"], view["settings"], sources)
    outputs = [folder / name for name in ("fitted", "validation.tsv", "history.tsv", "tuning.tsv")]
    models = {"tiny": Model.of(SPEC, paths)}
    train_models(folder / "train.tsv", *outputs, models, {"tiny": [1]}, LOCATIONS, "accuracy", FOLDS, 1)
    export(folder, **({} if shown == slice(None) else {"molecule": "mature"}))
    return folder / "tiny.safetensors"


def export(folder: Path, **about) -> dict:
    """Pack what :func:`train` has fitted; return the card."""
    export_model(
        "tiny",
        "Tiny",
        SPEC,
        folder / "train.tsv",
        folder / "fitted",
        folder / "validation.tsv",
        folder / "beyond.tsv",
        folder / "index.npz",
        "era",
        ["low", "high"],
        LOCATIONS,
        0.5,
        "accuracy",
        "a digest",
        {"species": "Homo sapiens", "molecule": "hairpin", "identity": 0.8, "note": NOTE, **about},
        folder / "tiny.safetensors",
        folder / "tiny.json",
    )
    return json.loads((folder / "tiny.json").read_text(encoding="utf-8"))
