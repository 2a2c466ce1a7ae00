"""Changed test rows change no fitted artefact, byte for byte, for every registered learner and view."""

import csv
import hashlib
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from mmlmirloc.data.sketch_index import write_index
from mmlmirloc.data.splits import split_dataset
from mmlmirloc.features import Features
from mmlmirloc.files import read_arrays
from mmlmirloc.registry import known, load
from mmlmirloc.settings import experiments
from mmlmirloc.sources.coordinates import HAIRPIN
from mmlmirloc.training import Model, train_models
from mmlmirloc.views import encoder_network
from mmlmirloc.views.cache import save_features
from mmlmirloc.views.making import compute_view, fit_view

PROJECT = Path(__file__).parents[2]
LOCATIONS = ["nucleus", "exosome", "cytoplasm", "microvesicle"]
ROWS = 60
VIEWS = yaml.safe_load((PROJECT / "config/views.yaml").read_text())["views"]
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


def mirbase(folder, needs, search):
    """Write what views may need of miRBase for the hairpins of :func:`dataset`, and search those of the folder in it.

    miRBase is public and the same whichever rows are tested, so that it holds the hairpins as they are before any
    change: they, two homologs of most, and their 5p arms; every other one has neighbours on chromosome 1, the others
    lie in the stretch of chromosome 14, and every seventh has no place.
    """
    hairpins, arms, places = [], [], []
    for row in dataset().itertuples():
        number, sequence = row.Index + 1, row.sequence
        hairpins.append(f">{row.name} {row.accession} x\n{sequence}\n")
        arms.append(f">hsa-miR-{number}-5p MIMAT{number:07d} x\n{sequence[6:28]}\n")
        if number % 5:
            hairpins.append(f">ptr-mir-{number} MI1{number:06d} x\nG{sequence[1:]}\n")
            hairpins.append(f">mmu-mir-{number} MI2{number:06d} x\n{sequence[:55]}\n")
            arms.append(f">mmu-miR-{number}-5p MIMAT1{number:06d} x\n{sequence[6:27]}\n")
        if number % 7:
            chromosome, start = ("chr1", 400 * number) if number % 2 else ("chr14", 100_700_000 + 9000 * number)
            strand, alias = "+-"[number % 3 == 0], f"Alias={row.accession}"
            fields = (chromosome, ".", HAIRPIN, start, start + 69, ".", strand, ".", alias)
            places.append("\t".join(map(str, fields)) + "\n")
    for name, lines in (("hairpin.fa", hairpins), ("mature.fa", arms), ("hsa.gff3", places)):
        (folder / name).write_text("".join(lines))
    names = {"hairpin": "hairpin.fa", "mature": "mature.fa", "coordinates": "hsa.gff3", "hits": "hits.tsv"}
    names |= {"sketches": "sketches.npz", "table": "table.tsv"}
    if "table" in needs:
        annotation_table().to_csv(folder / "table.tsv", sep="\t", index=False)
    if "sketches" in needs:
        write_index(folder / "hairpin.fa", folder / names["sketches"], k=8, kept=32)
    if "hits" in needs and not (folder / "hits.tsv").exists():
        search(folder, "mirnas.tsv")
    return {need: str(folder / names[need]) for need in needs}


def annotation_table():
    """What every view of a table in the config can take: its key and its columns, for most hairpins of :func:`dataset`.

    A view of a file without a line of names takes the second column for its key.
    """
    table = dataset()[["accession", "name"]]
    random = np.random.default_rng(8)
    for spec in VIEWS.values():
        if spec["kind"] == "table" and spec["header"]:
            table[spec["key"]] = table["name"]
            for column in spec["columns"]:
                table[column.replace("*", "one")] = random.integers(0, 9, ROWS)
    return table[table.index % 7 > 0]


def computed(spec, table, path, search):
    """Compute a view; RNABERT's embedding of a base, which needs its network, is the base itself here."""
    module = load("views", spec["kind"], "")
    if spec["kind"] == "rnabert":
        codes = np.array([["ACGU".index(base) for base in sequence] for sequence in table["sequence"]])
        lengths = np.full(len(table), codes.shape[1])
        save_features(path, table["accession"].tolist(), Features(np.eye(4, dtype=np.float32)[codes], lengths))
    else:
        sources = mirbase(path.parent, module.View.NEEDS, search)
        compute_view(path.parent / "mirnas.tsv", path, spec["kind"], spec["settings"], sources)


def content(path):
    """Digest of a file; of a skops archive, whose names and schema hold memory addresses, that of its arrays."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if "schema.json" in archive.namelist():
                return str(sorted({entry.CRC for entry in archive.infolist() if entry.filename != "schema.json"}))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def artefacts(folder, name, table, search):
    """Split, compute and fit the views, train; return test accessions and the digest of each fitted file."""
    folder.mkdir()
    table.to_csv(folder / "mirnas.tsv", sep="\t", index=False)
    split = {"kind": "random", "test_size": 0.3, "folds": 3, "stratified": True, "labelling": "recorded"}
    train, test = folder / "train.tsv", folder / "test.tsv"
    split_dataset(folder / "mirnas.tsv", train, test, locations=LOCATIONS, seed=1, repeats=[1, 2], **split)
    row, paths = MODELS[name], []
    for view, spec in row["views"].items():
        paths.append(folder / view)
        if load("views", spec["kind"], "").View.FITTED:
            fit_view(train, paths[-1], spec["kind"], spec["settings"], seed=1)
        else:
            computed(spec, table, paths[-1], search)
    outputs = [folder / "folds", *(folder / f"{part}.tsv" for part in ("validation", "history", "tuning"))]
    model = Model.of(row, list(map(str, paths)))
    train_models(train, *outputs, {name: model}, {name: [1]}, LOCATIONS, "accuracy", 2, 1)
    # The first repeat's alone is compared.
    written = [*outputs, *(path for path in paths if path.is_dir())]
    files = [path for one in written for path in ([one] if one.is_file() else one.rglob("*")) if path.is_file()]
    kept = [path for path in files if "repeat-02" not in path.parts]
    tested = pd.read_csv(test, sep="\t").query("repeat == 1")["accession"].tolist()
    # The training table holds the other repeat too, whose training rows are test rows of this one.
    rows = pd.read_csv(train, sep="\t").query("repeat == 1").to_csv()
    digests = {path.relative_to(folder): content(path) for path in kept}
    return tested, {**digests, "training rows": rows}


def test_every_learner_is_tested_here():
    assert {row["learner"] for row in MODELS.values()} == set(known("models"))


@pytest.mark.parametrize("name", [name for name in MODELS if name != "always_nucleus"])
def test_test_rows_change_nothing_that_is_fitted(tmp_path, name, search):
    tested, before = artefacts(tmp_path / "before", name, dataset(), search)
    again, after = artefacts(tmp_path / "after", name, dataset(changed=tested), search)
    assert again == tested and len(tested) == 18
    assert len(before) > 3
    assert after == before
    # Another training row changes what is fitted, so that the comparison can fail.
    trained = sorted(set(dataset()["accession"]) - set(tested))
    _, other = artefacts(tmp_path / "other", name, dataset(changed=trained[:10]), search)
    assert other != before


# Views of a record's accession, or of a number that the change of a sequence leaves as it is.
BLIND = ("record", "genomic", "locus", "summary", "table")


def test_every_kind_of_view_is_tested_here():
    assert {spec["kind"] for spec in VIEWS.values()} == set(known("views"))


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_of_a_row_does_not_depend_on_other_rows(view, tmp_path, search):
    """Of views that are computed once for all rows: also those of a row that is tested in one repeat only.

    Neither labels nor sequences of other rows reach a row's values, nor do they through the search for homologs, which
    is done anew for the changed rows.
    """
    kind, settings = VIEWS[view]["kind"], {key: value for key, value in VIEWS[view].items() if key != "kind"}
    module = load("views", kind, "")
    if module.View.FITTED or kind == "rnabert":
        pytest.skip("fitted on training rows only, or an embedding of whole batches (test_rnabert.py)")
    views, searched = [], []
    for name, changed in (("before", []), ("after", [f"MI{number:07d}" for number in range(31, ROWS + 1)])):
        folder, table = tmp_path / name, dataset(changed)
        folder.mkdir()
        table.to_csv(folder / "mirnas.tsv", sep="\t", index=False)
        if kind == "encoder":
            views.append(encoder_network.embed(table["sequence"].tolist(), None, ENCODER_SIZES, seed=1).values)
        else:
            computed({"kind": kind, "settings": settings}, table, folder / "view.npz", search)
            views.append(read_arrays(folder / "view.npz")["values"])
        searched.append((folder / "queries.fa").read_text() if "hits" in module.View.NEEDS else name)
    assert views[0][:30].tobytes() == views[1][:30].tobytes()
    # The comparison can fail: rows differ from each other, those that are changed do, and what is searched with does.
    assert len(np.unique(views[0][:30].reshape(30, -1), axis=0)) > 1 or view == "length"
    assert kind in BLIND or (views[0][30:] != views[1][30:]).any()
    assert searched[0] != searched[1]
