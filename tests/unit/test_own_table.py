"""What becomes of the config and of the rows of models.tsv where a labelled table is the dataset."""

import copy

import pytest
import yaml

from mmlmirloc.errors import InputError
from mmlmirloc.own_table import lacking, left_out, with_table, without_lacking

ROWS = [f"r{number}\t{'ACGU'[number % 4] * 3}GCAUGCAUGC{'ACGU'[number // 4] * 3}" for number in range(8)]


@pytest.fixture
def folder(tmp_path):
    def write(head="nucleus\tmembrane", cells="{0}\t{1}"):
        lines = [f"{row}\t{cells.format(n % 2, n // 4, 'test' if n > 5 else 'train')}" for n, row in enumerate(ROWS)]
        (tmp_path / "own.tsv").write_text("\n".join([f"id\tsequence\t{head}", *lines]) + "\n")
        return tmp_path

    return write


CONFIG = {
    "sources": {"labelled": "own.tsv"},
    "dataset": {"locations": ["nucleus", "exosome"], "molecule": "both", "conflicting": "refuse"},
    "splits": {
        "given": {"kind": "given", "stratified": True},
        "random": {"kind": "random", "stratified": True},
        "grouped": {"kind": "grouped", "stratified": True},
        "temporal": {"kind": "temporal", "stratified": True},
    },
    "trust": {"protocols": ["given", "random", "grouped"], "shown": "grouped", "implication": []},
    "tables": {},
    "beyond": {"protocols": []},
}


def changed(text):
    config = copy.deepcopy(CONFIG)
    for key, value in yaml.safe_load(text).items():
        config[key] = {**config[key], **value}
    return config


def test_locations_are_those_of_the_table(folder):
    config = with_table(CONFIG, folder())
    assert config["dataset"] == {"locations": ["nucleus", "membrane"], "molecule": "both", "conflicting": "refuse"}
    assert all(row["stratified"] for row in config["splits"].values())


def test_conflicting_rows_are_refused_or_kept(folder):
    place = folder()
    with (place / "own.tsv").open("a") as table:
        table.write(ROWS[0].replace("r0", "r9") + "\t1\t1\n")
    with pytest.raises(InputError, match="'r0' and 'r9' have the same sequence and other locations"):
        with_table(CONFIG, place)
    with_table(changed("dataset: {conflicting: keep}"), place)


def test_the_given_split_is_a_protocol_only_where_the_table_has_it(folder):
    assert with_table(CONFIG, folder())["trust"]["protocols"] == ["random", "grouped"]
    with_split = folder("nucleus\tmembrane\tsplit", "{0}\t{1}\t{2}")
    assert with_table(CONFIG, with_split)["trust"]["protocols"] == ["given", "random", "grouped"]
    assert with_table(CONFIG, with_split)["splits"]["given"]["repeats"] == 1


@pytest.mark.parametrize(
    ("sides", "expected"),
    [(None, {"repeats": 3}), (["train"] * 10 + ["test"] * 5, {"repeats": 1, "folds": 2})],
    ids=["each is tested", "those of the training rows"],
)
def test_folds_are_repeats_or_those_of_a_split(tmp_path, sides, expected):
    lines = ["id\tsequence\tnucleus\tfold" + ("\tsplit" if sides else "")]
    for number in range(15):
        bases = "ACGU"[number % 4] * 5 + "ACGU"[number // 4] * 6
        side = f"\t{sides[number]}" if sides else ""
        lines.append(f"r{number}\tGCAUGCAUGC{bases}\t{number % 2}\t{number // 5}{side}")
    (tmp_path / "own.tsv").write_text("\n".join(lines) + "\n")
    config = with_table(CONFIG, tmp_path)
    assert config["trust"]["protocols"] == ["given", "random", "grouped"]
    assert config["splits"]["given"] == CONFIG["splits"]["given"] | expected
    assert config["splits"]["random"] == CONFIG["splits"]["random"]


def test_a_single_location_is_split_as_several_are(folder):
    config = with_table(CONFIG, folder("nucleus", "{0}"))
    assert config["dataset"]["locations"] == ["nucleus"] and config["splits"]["random"] == CONFIG["splits"]["random"]


@pytest.mark.parametrize(
    ("change", "what", "hint"),
    [
        ("sources: {labelled: missing.tsv}", "missing", "check the path"),
        ("sources: {labelled: 'https://example.org/own.tsv'}", "is to be read from", "download"),
        ("sources: {labelled: simulated}", "is to be read from", "download"),
        ("tables: {comparison: {}}", "asks for the paper's tables", "config/own_table.yaml"),
        ("trust: {implication: [cytoplasm, nucleus]}", "asks for the paper's tables", "config/own_table.yaml"),
        ("trust: {protocols: [random, temporal]}", "temporal is of the kind temporal", "take the protocol out"),
        ("trust: {shown: given}", "needs a split that the table does not give", "column 'split'"),
    ],
)
def test_what_a_table_cannot_give_is_refused(folder, change, what, hint):
    with pytest.raises(InputError) as error:
        with_table(changed(change), folder())
    assert what in error.value.what and hint in str(error.value)


def row(tables, **views):
    return {"views": {name: {"kind": kind, "settings": {}} for name, kind in views.items()}, "tables": tables}


def test_models_that_need_more_than_a_sequence_stand_in_no_table():
    models = {
        "forest": row(["trust"], composition="kmer", homologs="sketches"),
        "age": row(["trust"], number="record"),
        "genome": row(["trust"], composition="kmer", place="genomic"),
        "unused": row([], place="locus"),
    }
    assert lacking(models["forest"]) == []
    assert lacking(models["age"]) == ["accession numbers and numbers in names"]
    assert "places in the genome" in lacking(models["genome"])
    rows, lacked = without_lacking(models)
    assert {model: one["tables"] for model, one in rows.items()} == {
        **{"forest": ["trust"], "age": [], "genome": [], "unused": []},
    }
    assert set(lacked) == {"age", "genome"}
    line = left_out("own.tsv", lacked)
    assert "own.tsv" in line and "age (accession numbers and numbers in names)" in line and "\n" not in line
