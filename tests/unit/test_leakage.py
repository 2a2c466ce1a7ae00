"""Changed test rows change no fitted artefact, byte for byte, for every registered learner and view."""

import csv
import hashlib
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from mmlmirloc.data.splits import split_dataset
from mmlmirloc.features import Features
from mmlmirloc.registry import known, load
from mmlmirloc.settings import experiments
from mmlmirloc.training import Model, train_model
from mmlmirloc.views.cache import compute_view, fit_view, save_features

PROJECT = Path(__file__).parents[2]
LOCATIONS = ["nucleus", "exosome", "cytoplasm", "microvesicle"]
ROWS = 60
ENCODER_SIZES = yaml.safe_load((PROJECT / "config/config.yaml").read_text())["encoder"]["sizes"]


def merged(base, overlay):
    """Lay one config over another, as Snakemake does."""
    return {
        key: merged(base[key], overlay[key])
        if isinstance(base.get(key), dict) and isinstance(overlay.get(key), dict)
        else overlay.get(key, base.get(key))
        for key in {**base, **overlay}
    }


def smoke_models():
    """The rows of the smoke test, small and each learner at least once."""
    names = ("config/config.yaml", "config/views.yaml", "config/tables.yaml", "tests/smoke/config.yaml")
    config = {}
    for name in names:
        config = merged(config, yaml.safe_load((PROJECT / name).read_text()))
    with open(PROJECT / config["models"], newline="") as file:
        return experiments(csv.DictReader(file, delimiter="\t"), config, config["models"])


MODELS = smoke_models()


def dataset(changed=()):
    """Sixty hairpins of 70 bases; the rows ``changed`` have other bases and other locations."""
    random = np.random.default_rng(7)
    sequences = ["".join(random.choice(list("ACGU"), 70)) for _ in range(ROWS)]
    labels = (random.random((ROWS, 4)) < [0.8, 0.5, 0.4, 0.3]).astype(int)
    table = pd.DataFrame(labels, columns=LOCATIONS)
    table.insert(0, "accession", [f"MI{number:07d}" for number in range(1, ROWS + 1)])
    table.insert(1, "name", [f"hsa-mir-{number}" for number in range(1, ROWS + 1)])
    table.insert(2, "sequence", sequences)
    other = table["accession"].isin(changed)
    table.loc[other, "sequence"] = [sequence[::-1].replace("A", "G") for sequence in table.loc[other, "sequence"]]
    table.loc[other, LOCATIONS] = 1 - table.loc[other, LOCATIONS]
    return table


def computed(view, spec, table, path):
    """Compute a view; RNABERT's embedding of a base, which needs its network, is the base itself here."""
    if spec["kind"] == "rnabert":
        codes = np.array([["ACGU".index(base) for base in sequence] for sequence in table["sequence"]])
        lengths = np.full(len(table), codes.shape[1])
        save_features(path, table["accession"].tolist(), Features(np.eye(4, dtype=np.float32)[codes], lengths))
    else:
        compute_view(path.parent / "mirnas.tsv", path, spec["kind"], spec["settings"])


def content(path):
    """Digest of a file; of a skops archive, whose names and schema hold memory addresses, that of its arrays."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if "schema.json" in archive.namelist():
                return str(sorted({entry.CRC for entry in archive.infolist() if entry.filename != "schema.json"}))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def artefacts(folder, name, table):
    """Split, compute and fit the views, train; return test accessions and the digest of each fitted file."""
    folder.mkdir()
    table.to_csv(folder / "mirnas.tsv", sep="\t", index=False)
    split = {"kind": "random", "test_size": 0.3, "folds": 3, "stratified": True, "labelling": "recorded"}
    train, test = folder / "train.tsv", folder / "test.tsv"
    split_dataset(folder / "mirnas.tsv", train, test, locations=LOCATIONS, seed=1, repeats=[1, 2], **split)
    row, paths = MODELS[name], []
    for view, spec in row["views"].items():
        paths.append(folder / view)
        if load("views", spec["kind"], "").FITTED:
            fit_view(train, paths[-1], spec["kind"], spec["settings"], seed=1)
        else:
            computed(view, spec, table, paths[-1])
    outputs = [folder / "folds", *(folder / f"{part}.tsv" for part in ("validation", "history", "tuning"))]
    model = Model.of(row, list(map(str, paths)))
    train_model(train, *outputs, model, LOCATIONS, [1], "accuracy", 2, 1)
    fitted = [path for path in folder.rglob("*") if path.is_file() and "repeat-02" not in path.parts]
    computed_files = {path for path in paths if path.is_file()}
    kept = [path for path in fitted if path not in {folder / "mirnas.tsv", test, *computed_files}]
    tested = pd.read_csv(test, sep="\t").query("repeat == 1")["accession"].tolist()
    # The training table holds the other repeat too, whose training rows are test rows of this one.
    rows = pd.read_csv(train, sep="\t").query("repeat == 1").to_csv()
    digests = {path.relative_to(folder): content(path) for path in kept if path != train}
    return tested, {**digests, "training rows": rows}


def test_every_learner_is_tested_here():
    assert {row["learner"] for row in MODELS.values()} == set(known("models"))


@pytest.mark.parametrize("name", [name for name in MODELS if name != "always_nucleus"])
def test_test_rows_change_nothing_that_is_fitted(tmp_path, name):
    tested, before = artefacts(tmp_path / "before", name, dataset())
    again, after = artefacts(tmp_path / "after", name, dataset(changed=tested))
    assert again == tested and len(tested) == 18
    assert len(before) > 3
    assert after == before
    # Another training row changes what is fitted, so that the comparison can fail.
    trained = sorted(set(dataset()["accession"]) - set(tested))
    _, other = artefacts(tmp_path / "other", name, dataset(changed=trained[:10]))
    assert other != before


@pytest.mark.parametrize("kind", known("views"))
def test_a_view_of_a_row_does_not_depend_on_other_rows(kind):
    """Of views that are computed once for all rows: also those of a row that is tested in one repeat only."""
    module = load("views", kind, "")
    settings = next(row["settings"] for row in view_settings() if row["kind"] == kind)
    if module.FITTED or kind == "rnabert":
        pytest.skip("fitted on training rows only, or an embedding of whole batches (test_rnabert.py)")
    table, other = dataset(), dataset(changed=[f"MI{number:07d}" for number in range(31, ROWS + 1)])
    views = []
    for rows in (table, other):
        if kind == "encoder":
            views.append(module.embed(rows["sequence"].tolist(), None, ENCODER_SIZES, seed=1))
        elif hasattr(module, "compute_records"):
            views.append(module.compute_records(rows[["accession", "name", "sequence"]], settings))
        else:
            views.append(module.compute(rows["sequence"].tolist(), settings))
    assert views[0].values[:30].tobytes() == views[1].values[:30].tobytes()


def view_settings():
    """Kind and settings of every view of the shipped config."""
    views = yaml.safe_load((PROJECT / "config/views.yaml").read_text())["views"]
    return [
        {"kind": spec["kind"], "settings": {key: value for key, value in spec.items() if key != "kind"}}
        for spec in views.values()
    ]
