"""Permutation importance: a column that decides matters, one that does not matters not at all."""

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.evaluation.importance import permutation_importance
from mmlmirloc.files import read_table
from mmlmirloc.training import Model, train_models
from mmlmirloc.views.making import compute_view

LOCATIONS = ["nucleus", "exosome"]
SETTINGS = {"k": [1], "denominator": "windows", "reverse_complement": False}
FOREST = {"trees": 30, "splits": "best", "min_samples_leaf": 2, "max_leaf_nodes": 0, "bootstrap": False}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Two repeats, of which the model is trained on the first; nucleus where there is much A, exosome where little."""
    folder = tmp_path_factory.mktemp("importance")
    random = np.random.default_rng(1)
    share = random.random(120)
    sequences = ["".join(random.choice(list("ACGU"), 60, p=[a, *[(1 - a) / 3] * 3])) for a in share]
    rows = pd.DataFrame({"accession": [f"MI{n:07d}" for n in range(120)], "name": "", "sequence": sequences})
    rows.to_csv(folder / "rows.tsv", sep="\t", index=False)
    labels = pd.DataFrame({"nucleus": (share > 0.5).astype(int), "exosome": (share < 0.3).astype(int)})
    rows = pd.concat([rows.drop(columns="name"), labels], axis=1)
    train, test = rows[:80].assign(fold=np.arange(80) % 2), rows[80:]
    for name, part in (("train", train), ("test", test)):
        both = pd.concat([part.assign(repeat=1), part.assign(repeat=2)])
        both.to_csv(folder / f"{name}.tsv", sep="\t", index=False)
    compute_view(folder / "rows.tsv", folder / "view.npz", "kmer", SETTINGS)
    spec = {
        "learner": "forest",
        "settings": {**FOREST, "max_features": 1.0},
        "grid": {},
        "search": "product",
        "views": {"composition": {"kind": "kmer", "settings": SETTINGS}},
    }
    model = Model.of(spec, [str(folder / "view.npz")])
    outputs = [folder / "folds", *(folder / f"{name}.tsv" for name in ("validation", "history", "tuning"))]
    train_models(folder / "train.tsv", *outputs, {"tiny": model}, {"tiny": [1]}, LOCATIONS, "accuracy", 2, 1)
    output = folder / "importance.tsv"
    permutation_importance(
        *([folder / "test.tsv"], [folder / "train.tsv"], [folder / "folds"]),
        *("tiny", model, LOCATIONS, 1, 0.95, 1, output),
    )
    return read_table(output, text=["what", "view", "column"])


def test_views_come_first_then_columns_the_strongest_first(table):
    assert table["what"].tolist() == ["view", *["column"] * 4]
    assert set(table["column"][1:]) == set("ACGU") and table["view"].eq("composition").all()
    assert table["mean"][1:].is_monotonic_decreasing


def test_the_column_that_decides_is_the_strongest(table):
    assert table["column"][1] == "A"
    assert table["mean"][0] > 0.3 and table["mean"][1] > 0.3 > table["mean"][2]


def test_only_trained_repeats_are_measured(table):
    assert table["repeats"].eq(1).all()
