"""A forest on forty made-up hairpins, made as the workflow makes a final model, for the tests of prediction."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.data.splits import fold_whole
from mmlmirloc.predicting.database import Database
from mmlmirloc.predicting.export import export_model
from mmlmirloc.training import Model, train_model
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
    "structural": {"kind": "structural", "settings": {}},
    "arms": {"kind": "arms", "settings": {"annotation": False}},
    "composition": {
        "kind": "kmer",
        "settings": {"k": [1, 2], "denominator": "windows", "reverse_complement": False},
    },
}
HOMOLOGS = {"evolutionary": {"kind": "evolutionary", "settings": {}}}
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


def write_mirnas(path: Path) -> None:
    """Write the dataset; a location follows the share of a base, so that there is something to learn."""
    shares = np.array([[sequence.count(base) / len(sequence) for base in "GAC"] for sequence in HAIRPINS])
    labels = (shares > np.median(shares, axis=0)).astype(int)
    labels[labels.sum(axis=1) == 0, 0] = 1
    rows = pd.DataFrame(labels, columns=LOCATIONS)
    rows.insert(0, "accession", [f"MI{number:07d}" for number in range(len(HAIRPINS))])
    rows.insert(1, "name", [f"hsa-mir-{number}" for number in range(len(HAIRPINS))])
    rows.insert(2, "sequence", HAIRPINS)
    rows.to_csv(path, sep="\t", index=False)


def write_scores(path: Path) -> None:
    """Write a table of models: the model's own rows, era's and another's."""
    columns = ["protocol", "model", "label", "metric", "rule", "mean", "ci_low", "ci_high", "repeats", "not_above"]
    lines = [
        ("grouped", "tiny", "Tiny", "accuracy", "chosen", 0.61, 0.55, 0.67, 20, ""),
        ("grouped", "tiny", "Tiny", "accuracy", "fixed", 0.51, 0.45, 0.57, 20, ""),
        ("grouped", "tiny", "Tiny", "auc_macro", "", 0.71, 0.65, 0.77, 20, "era"),
        ("grouped", "tiny", "Tiny", "brier", "", 0.2, 0.1, 0.3, 20, ""),
        ("grouped", "era", "Era", "accuracy", "chosen", 0.6, 0.5, 0.7, 20, ""),
        ("grouped", "other", "Other", "accuracy", "chosen", 0.9, 0.8, 1, 20, ""),
        ("temporal", "tiny", "Tiny", "accuracy", "chosen", 0.4, None, None, 1, "constant+era"),
        ("temporal", "era_locus", "Era and the locus", "accuracy", "chosen", 0.3, 0.2, 0.4, 1, ""),
    ]
    pd.DataFrame(lines, columns=columns).to_csv(path, sep="\t", index=False)


def write_database(folder: Path) -> None:
    """Write miRBase's files as they would be, were these hairpins human: each with a homolog in mouse or rat."""
    folder.mkdir(parents=True)
    hairpins, mature = [], []
    for number, sequence in enumerate(HAIRPINS):
        species = ("mmu", "rno")[number % 2]
        homolog = mutated(sequence, 30, 31)
        hairpins += [f">hsa-mir-{number} MI{number:07d} Homo sapiens\n{sequence}\n"]
        hairpins += [f">{species}-mir-{number} MI{number + 1000:07d} Other\n{homolog}\n"]
        mature += [f">{species}-miR-{number}-5p MIMAT{number:07d} Other miR\n{homolog[3:25]}\n"]
    (folder / "hairpin.fa").write_text("".join(hairpins))
    (folder / "mature.fa").write_text("".join(mature))


def train(folder: Path, homologs: Path | None = None) -> Path:
    """Train and export a model as the workflow does; return the path of the model, beside whose files it lies."""
    folder.mkdir(parents=True, exist_ok=True)
    views = (HOMOLOGS if homologs else {}) | VIEWS
    spec = {"learner": "forest", "settings": SETTINGS, "grid": {}, "search": "product", "views": views}
    write_mirnas(folder / "mirnas.tsv")
    write_scores(folder / "beyond.tsv")
    fold_whole(folder / "mirnas.tsv", folder / "train.tsv", LOCATIONS, FOLDS, 1)
    sources = Database(homologs).sources(HAIRPINS, folder) if homologs else {}
    paths = [str(folder / f"{name}.npz") for name in views]
    for view, path in zip(views.values(), paths):
        compute_view(folder / "mirnas.tsv", path, view["kind"], view["settings"], sources)
    outputs = [folder / name for name in ("fitted", "validation.tsv", "history.tsv", "tuning.tsv")]
    model = Model.of(spec, paths)
    train_model(folder / "train.tsv", *outputs, model, LOCATIONS, [1], "accuracy", FOLDS, 1)
    export(folder, spec)
    return folder / "tiny.safetensors"


def export(folder: Path, spec: dict, note: str = NOTE, species: str = "Homo sapiens") -> dict:
    """Pack what :func:`train` has fitted; return the card."""
    export_model(
        "Tiny",
        spec,
        folder / "train.tsv",
        folder / "fitted",
        folder / "validation.tsv",
        folder / "beyond.tsv",
        ["era"],
        LOCATIONS,
        0.5,
        "accuracy",
        "a digest",
        species,
        note,
        folder / "tiny.safetensors",
        folder / "tiny.json",
    )
    return json.loads((folder / "tiny.json").read_text(encoding="utf-8"))
