"""Predictions: rows and their order, what is told of each, and one answer by every way to ask."""

import gzip
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tiny_model import FOLDS, HAIRPINS, LOCATIONS, OTHERS, VIEWS, mutated, train

import mmlmirloc
from mmlmirloc.data.minhash import identity, sketches
from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.rules import FittedRules
from mmlmirloc.features import side_by_side
from mmlmirloc.files import read_arrays, read_table
from mmlmirloc.models.shared.trees import score_forest
from mmlmirloc.predicting import Predictor, predict, predictor, tables
from mmlmirloc.predicting.model_file import KEPT, WORD, load
from mmlmirloc.predicting.tables import predict_file
from mmlmirloc.registry import load as load_module
from mmlmirloc.scores import read_validation

SCRIPTS = str(Path(mmlmirloc.__file__).parents[1])
NUMBERS = [f"probability_{name}" for name in LOCATIONS]
SETS = [f"predicted_{name}" for name in LOCATIONS]
COLUMNS = ["name", "length", "status", "remarks", *NUMBERS, *SETS, "training", "nearest_identity", "flags", "views"]
TEXT = ["name", "status", "remarks", "training", "flags", "views"]
# Of each kind a few: trained on, not trained on, refused, DNA with a gap, an unknown base, a name twice.
MIXED = [
    ("old", HAIRPINS[3]),
    ("new", OTHERS[0]),
    ("mature", HAIRPINS[3][:22]),
    ("dna", HAIRPINS[5].replace("U", "T").lower() + "-"),
    ("new", OTHERS[1]),
    ("protein", "MKVLAAGIFEPQLSTNDERHCWYMKVLAAGIFEPQLSTNDE"),
    ("empty", ""),
    ("unknown", OTHERS[2][:30] + "N" + OTHERS[2][31:]),
    ("new", OTHERS[0]),
    *((f"more_{number}", sequence) for number, sequence in enumerate([*HAIRPINS[10:20], *OTHERS[3:]])),
]
FASTA = "".join(f">{name}\n{sequence}\n" for name, sequence in MIXED)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return train(tmp_path_factory.mktemp("tiny") / "model")


@pytest.fixture(scope="module")
def tiny(path):
    return Predictor.load(path)


@pytest.fixture(scope="module")
def expected(tiny):
    return tiny.predict(MIXED)


@pytest.fixture
def asked(tmp_path):
    (tmp_path / "asked.fa").write_text(FASTA)
    return tmp_path / "asked.fa"


@pytest.fixture(scope="module")
def mature(tmp_path_factory):
    """A model that is trained on 22 bases of each hairpin."""
    return train(tmp_path_factory.mktemp("mature") / "model", slice(4, 26))


def same(one, other):
    """Whether two tables are equal to the last bit; how pandas keeps texts is another matter."""
    one, other = (table.astype(dict.fromkeys(table.columns.intersection(TEXT), object)) for table in (one, other))
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    return True


# --- rows


def test_one_row_per_record_in_order(expected):
    assert list(expected.columns) == COLUMNS
    assert expected["name"].tolist() == [name for name, _ in MIXED]
    assert expected.index.tolist() == list(range(len(MIXED)))
    refused = {"mature", "protein", "empty"}
    assert expected["status"].tolist() == ["refused" if name in refused else "ok" for name, _ in MIXED]
    assert expected.loc[0, "length"] == len(HAIRPINS[3]) and expected.loc[3, "length"] == len(HAIRPINS[5])
    assert expected.loc[[0, 1, 3], "remarks"].tolist() == [
        "",
        "",
        "gaps, spaces or a final * removed; DNA letters read as RNA",
    ]


def test_a_refused_row_has_a_reason_and_no_numbers(expected):
    refused = expected[expected["status"] == "refused"]
    assert len(refused) == 3
    assert refused["remarks"].str.startswith("refused: ").all()
    assert refused[["length", *NUMBERS, *SETS, "nearest_identity"]].isna().all(axis=None)
    assert (refused[["training", "flags", "views"]] == "").all(axis=None)


def test_the_other_rows_have_all_numbers(expected):
    found = expected[expected["status"] == "ok"]
    assert found[NUMBERS].gt(0).all(axis=None) and found[NUMBERS].lt(1).all(axis=None)
    assert found[SETS].isin([0, 1]).all(axis=None)
    assert found["nearest_identity"].between(0, 1).all() and found["training"].isin(["yes", "no"]).all()
    # Rows are not given each other's numbers.
    assert len(found[NUMBERS].drop_duplicates()) == len(found["name"].index) - 1
    assert found["views"].str.split(",").map(sorted).map(",".join).unique().tolist() == [",".join(sorted(VIEWS))]


def test_types_do_not_depend_on_what_is_refused(expected, tiny):
    for records in (MIXED[:2], MIXED[2:3], MIXED):
        found = tiny.predict(records)
        assert found.dtypes[["length", *SETS]].eq("Int64").all()
        assert found.dtypes[[*NUMBERS, "nearest_identity"]].eq("float64").all()


@pytest.mark.parametrize("records", [MIXED[2:3], []], ids=["refused", "none"])
@pytest.mark.filterwarnings("error")
def test_texts_are_texts_whatever_is_refused(tiny, records):
    assert tiny.predict(records).dtypes[TEXT].eq(tiny.predict(MIXED).dtypes[TEXT]).all()


def test_no_record_is_an_empty_table(tiny):
    assert list(tiny.predict([]).columns) == COLUMNS and len(tiny.predict([])) == 0


def test_records_of_one_sequence_or_name_are_not_merged(expected):
    one, other, twin = (expected.loc[place] for place in (1, 4, 8))
    assert one["name"] == other["name"] == twin["name"]
    assert one[NUMBERS].tolist() == twin[NUMBERS].tolist() != other[NUMBERS].tolist()


def test_case_and_alphabet_change_no_number(tiny):
    found = tiny.predict([("rna", OTHERS[0]), ("dna", OTHERS[0].replace("U", "T")), ("lower", OTHERS[0].lower())])
    assert len(found[[*NUMBERS, *SETS, "training", "nearest_identity"]].drop_duplicates()) == 1


# --- the numbers


def test_probabilities_and_sets_are_those_of_the_fitted_folds(path, expected):
    folder = path.parent
    rows = [place for place, status in enumerate(expected["status"]) if status == "ok"]
    sequences = [MIXED[place][1].upper().replace("T", "U").strip("-") for place in rows]
    features = {
        name: load_module("views", view["kind"], "")
        .View(view["settings"])
        .compute(sequences, {"sketches": folder / "index.npz"})
        for name, view in VIEWS.items()
    }
    folds = [read_arrays(folder / "fitted" / "tiny" / "repeat-01" / f"fold-{fold:02d}.model") for fold in range(FOLDS)]
    by_fold = np.stack([score_forest(forest, side_by_side(features)) for forest in folds])
    held_out = read_validation(folder / "validation.tsv", folder / "train.tsv", LOCATIONS)["tiny"][1]
    fitted = FittedRules.fit(held_out.truth, held_out.scores, 0.5, "accuracy")
    # Shares of leaves are kept in single precision.
    assert expected.loc[rows, NUMBERS].to_numpy() == pytest.approx(fitted.calibrate(by_fold), abs=1e-5)
    rule = json.loads((folder / "tiny.json").read_text())["rule"]
    assert expected.loc[rows, SETS].to_numpy().tolist() == fitted.predict(rule, by_fold).tolist()


def test_the_views_keep_their_order(path, expected):
    assert list(load(path).views) == list(VIEWS)
    assert expected.loc[0, "views"] == "sketches,composition,length"


def test_every_fold_model_counts(path, tiny, expected):
    model = load(path)
    for fold in range(FOLDS):
        without = replace(model, forests=[one for number, one in enumerate(model.forests) if number != fold])
        assert not expected[NUMBERS].equals(Predictor(without).predict(MIXED)[NUMBERS])


def test_a_training_hairpin_is_known_again(expected):
    told = dict(zip(expected["name"], expected["training"]))
    assert [told[name] for name in ("old", "dna", "new", "unknown", "more_0")] == ["yes", "yes", "no", "no", "yes"]
    assert (expected.loc[expected["training"] == "yes", "nearest_identity"] == 1).all()
    assert (expected.loc[expected["training"] == "no", "nearest_identity"] < 1).all()


def test_the_nearest_training_hairpin_counts(tiny):
    changed = mutated(HAIRPINS[7], 2, 40)
    found = tiny.predict([("near", changed), ("far", OTHERS[0])])
    assert found["training"].tolist() == ["no", "no"]
    own = sketches([changed], WORD, KEPT)
    ours = identity(own, sketches(HAIRPINS, WORD, KEPT), WORD).max()
    assert found["nearest_identity"].tolist() == [ours, 0] and 0.75 < ours < 1
    assert ours == identity(own, sketches(HAIRPINS[7:8], WORD, KEPT), WORD)[0]


def test_flags(tiny):
    shortest, longest = min(map(len, HAIRPINS)), max(map(len, HAIRPINS))
    old = HAIRPINS[7]
    records = [
        ("trained", old),
        ("near", mutated(old, 2)),
        ("ambiguous", old[:2] + "R" + old[3:]),
        ("far", OTHERS[0]),
        ("short", (OTHERS[1] * 2)[: shortest - 1]),
        ("long", (OTHERS[1] * 3)[: longest + 1]),
        ("least", (OTHERS[1] * 2)[:shortest]),
        ("all", "N" + (OTHERS[1] * 3)[: longest + 1]),
    ]
    length, far = f"length outside of {shortest}-{longest}", "far from every training hairpin"
    assert tiny.predict(records)["flags"].tolist() == [
        "",
        "",
        "ambiguous bases",
        far,
        f"{length},{far}",
        f"{length},{far}",
        far,
        f"{length},ambiguous bases,{far}",
    ]


def test_a_piece_of_a_training_hairpin_is_flagged(tiny):
    longest = max(HAIRPINS, key=len)
    found = tiny.predict([("piece", longest[6:-6]), ("whole", longest), ("other", OTHERS[0][6:-6])])
    assert ["part of a training hairpin" in flags for flags in found["flags"]] == [True, False, False]
    assert found["training"].tolist() == ["no", "yes", "no"]


# --- batches


@pytest.mark.parametrize("size", [1, 4, 7])
def test_batches_change_nothing(tiny, expected, monkeypatch, size):
    monkeypatch.setattr(predictor, "BATCH", size)
    parts = list(tiny.rows(MIXED))
    assert [len(part) for part in parts[:-1]] == [size] * (len(parts) - 1)
    assert [row for part in parts for row in part] == as_records(expected)
    assert same(tiny.predict(MIXED), expected)


def test_the_order_of_records_changes_nothing(tiny, expected):
    found = tiny.predict(MIXED[::-1])
    assert same(found.iloc[::-1].reset_index(drop=True), expected)


def test_records_are_taken_as_they_are_needed(tiny):
    # Without end: whoever would read all of them first never comes back.
    taken = count()
    batches = tiny.rows(("x", HAIRPINS[next(taken) % 3]) for _ in count())
    assert [len(next(batches)) for _ in range(2)] == [1000, 1000]
    assert next(taken) == 2000


def test_a_bad_record_at_the_end_of_the_input_costs_no_batch_before_it(tiny):
    def records():
        yield from [("x", HAIRPINS[0])] * 1000
        raise InputError("what", "where", "expected", "hint")

    batches = tiny.rows(records())
    assert {row["status"] for row in next(batches)} == {"ok"}
    with pytest.raises(InputError):
        next(batches)


# --- the call


def test_the_call_takes_names_or_numbers_them(path):
    named = predict({"a": OTHERS[0], "b": HAIRPINS[0]}, path)
    assert named["name"].tolist() == ["a", "b"]
    assert same(named, predict([("a", OTHERS[0]), ("b", HAIRPINS[0])], str(path)))
    assert same(named, predict(iter([["a", OTHERS[0]], ["b", HAIRPINS[0]]]), path))
    numbered = predict((sequence for sequence in (OTHERS[0], HAIRPINS[0])), path)
    assert numbered["name"].tolist() == ["sequence_1", "sequence_2"]
    assert same(numbered.drop(columns="name"), named.drop(columns="name"))
    assert predict([OTHERS[0], ("b", HAIRPINS[0]), OTHERS[1]], path)["name"].tolist() == [
        "sequence_1",
        "b",
        "sequence_3",
    ]


def test_the_package_offers_the_call(path, expected):
    assert mmlmirloc.predict is predict
    assert same(mmlmirloc.predict(MIXED, path), expected)
    with pytest.raises(AttributeError, match="'mmlmirloc' has no attribute 'absent'"):
        _ = mmlmirloc.absent


def test_one_sequence_alone_is_one_record(path):
    assert len(predict(OTHERS[0], path)) == 1


def test_the_shipped_model_needs_the_sequence_alone():
    shipped = Predictor.load()
    assert shipped.card["name"] == "SketchMiRLoc" and list(shipped.views) == ["sketches", "composition"]
    assert shipped.locations == ["nucleus", "exosome", "cytoplasm", "microvesicle"]
    found = predict([HAIRPINS[0]])
    assert found.loc[0, "status"] == "ok" and found["probability_nucleus"].between(0, 1).all()
    # The card beside it is its own.
    beside = Path(str(predictor.SHIPPED)).with_suffix(".json")
    assert json.loads(beside.read_text(encoding="utf-8")) == shipped.card


def test_the_card_of_the_shipped_model_is_complete():
    card = Predictor.load().card
    assert (card["species"], card["molecule"], card["note"]) == ("Homo sapiens", "hairpin", "")
    shown = {(score["protocol"], score["metric"], score["label"]) for score in card["scores"]}
    labels = {label for _, _, label in shown}
    assert card["name"] in labels and "Best constant" in labels and len(labels) == 3
    assert len(shown) == len({score[0] for score in shown}) * len({score[1] for score in shown}) * len(labels)
    assert {"matched", "grouped", "locus", "temporal"} == {score[0] for score in shown}
    assert all(score["ci_low"] <= score["mean"] <= score["ci_high"] for score in card["scores"])
    for digest in ("data_sha256", "index_sha256", "code_digest"):
        assert card[digest]


def test_a_model_of_an_unknown_view_is_refused(path):
    model = replace(load(path), views={"x": {"kind": "absent", "settings": {}}})
    with pytest.raises(InputError, match="Unknown kind of view 'absent'") as caught:
        Predictor(model)
    assert caught.value.where == "the model"


@pytest.mark.parametrize("kind", ["evolutionary", "arms", "genomic", "word2vec", "record"])
def test_a_model_of_views_that_a_prediction_cannot_make_is_refused(tiny, kind):
    views = {**tiny.model.views, "other": {"kind": kind, "settings": {}}}
    with pytest.raises(InputError, match="The model cannot predict: its view other") as caught:
        Predictor(replace(tiny.model, views=views))
    assert caught.value.where == "the model's views"


# --- a model of one's own


def test_the_index_of_the_model_counts(path, expected):
    model = load(path)
    other = {**model.index, "species": model.index["species"][::-1].copy()}
    assert not Predictor(replace(model, index=other)).predict(MIXED)[NUMBERS].equals(expected[NUMBERS])


def test_a_model_of_mature_mirnas_takes_them_and_no_hairpins(mature):
    found = predict(
        {"arm": HAIRPINS[3][4:26], "new": OTHERS[0][4:27], "hairpin": HAIRPINS[3], "bit": "ACGUACGU"}, mature
    )
    assert found["status"].tolist() == ["ok", "ok", "refused", "refused"]
    assert found["training"].tolist() == ["yes", "no", "", ""]
    assert found["remarks"].tolist()[2:] == [
        f"refused: {len(HAIRPINS[3])} bases, as a hairpin has; give its mature miRNA",
        "refused: 8 bases; a mature miRNA of at least 15 is expected",
    ]
    assert found.loc[1, "flags"] == "length outside of 22-22,far from every training mature miRNA"


@pytest.mark.parametrize(
    "text",
    [
        ">a\n{0}\n>b\n{1}\n",
        "{0}\n{1}\n",
        "a\t{0}\nb\t{1}\n",
        "name,sequence\na,{0}\nb,{1}\n",
        "@a\n{0}\n+\nIIIIIIIIIIIIIIIIIIIIII\n@b\n{1}\n+\nIIIIIIIIIIIIIIIIIIIIII\n",
    ],
    ids=["FASTA", "list", "tabs", "headings", "FASTQ"],
)
def test_files_of_mature_mirnas_are_read_as_those_of_hairpins(mature, text):
    arms = [sequence[4:26] for sequence in OTHERS[:2]]
    found = predict(text.format(*arms), mature)
    assert found["status"].tolist() == ["ok", "ok"]
    assert same(found[[*NUMBERS, *SETS]], predict(arms, mature)[[*NUMBERS, *SETS]])


def test_a_model_takes_whatever_length_it_was_trained_on(path):
    model = load(path)
    card = {**model.card, "lengths": [30, 1100]}
    found = Predictor(replace(model, card=card)).predict([("s", "ACGUU" * 6), ("l", "ACGUU" * 220), ("x", "A" * 29)])
    assert found["status"].tolist() == ["ok", "ok", "refused"]


def test_a_model_of_both_molecules_takes_both(path):
    model = load(path)
    card = {**model.card, "molecule": "both", "lengths": [18, 110]}
    found = Predictor(replace(model, card=card)).predict([("m", HAIRPINS[0][:22]), ("h", HAIRPINS[0]), ("x", "ACGU")])
    assert found["status"].tolist() == ["ok", "ok", "refused"]
    assert found.loc[2, "remarks"] == "refused: 4 bases; a hairpin or mature miRNA of at least 15 is expected"


# --- files


def written(asked, path, form="tsv", **options):
    output = asked.with_suffix(f".{form}")
    predict_file(asked, output, path, form=form, **options)
    return output


def read_json(text):
    return json.loads(text)


def as_records(table):
    """The rows of a table as JSON has them."""
    return [
        {name: None if pd.isna(value) else value for name, value in row.items()} for row in table.to_dict("records")
    ]


def test_json_is_the_call_bit_for_bit(asked, path, expected):
    found = read_json(written(asked, path, "json").read_text())
    assert found == as_records(expected)
    assert list(found[0]) == COLUMNS
    assert [found[0][name].hex() for name in NUMBERS] == [value.hex() for value in expected.loc[0, NUMBERS]]
    assert found[2]["status"] == "refused" and found[2]["probability_nucleus"] is None and found[2]["training"] == ""


def test_a_table_is_the_call_to_six_digits(asked, path, expected):
    output = written(asked, path)
    assert output.read_bytes().endswith(b"\n") and b"\r" not in output.read_bytes()
    found = read_table(output, columns=COLUMNS, text=TEXT)
    assert list(found.columns) == COLUMNS
    assert found[TEXT].to_numpy().tolist() == expected[TEXT].to_numpy().tolist()
    for name in [*NUMBERS, "nearest_identity"]:
        assert found[name].tolist() == pytest.approx(expected[name].tolist(), rel=1e-5, nan_ok=True)
    for name in ["length", *SETS]:
        assert found[name].astype("Int64").tolist() == expected[name].tolist()
    # Whole numbers are written as such, missing ones as nothing.
    lines = [line.split("\t") for line in output.read_text().splitlines()]
    assert lines[1][1] == str(len(HAIRPINS[3])) and lines[1][7] in "01"
    assert lines[3] == ["mature", "", "refused", expected.loc[2, "remarks"], *[""] * 10]


def test_a_table_is_the_call_bit_for_bit(asked, path, expected):
    lines = [line.split("\t") for line in written(asked, path).read_text().splitlines()]
    place = COLUMNS.index(NUMBERS[0])
    assert [float(value) for value in lines[1][place : place + 3]] == expected.loc[0, NUMBERS].tolist()


def test_the_long_table_has_a_line_per_sequence_and_location(asked, path, expected):
    found = read_table(written(asked, path, "long"), text=[*TEXT, "location"])
    others = ["length", "status", "remarks", "training", "nearest_identity", "flags", "views"]
    assert list(found.columns) == ["name", "location", "probability", "predicted", *others]
    assert found["location"].tolist() == LOCATIONS * len(MIXED)
    assert found["name"].tolist() == [name for name, _ in MIXED for _ in LOCATIONS]
    wide = read_table(written(asked, path), text=TEXT)
    for column, names in (("probability", NUMBERS), ("predicted", SETS)):
        assert found[column].to_numpy().reshape(-1, 3).tolist() == pytest.approx(wide[names].to_numpy(), nan_ok=True)
    assert found.loc[::3, others].reset_index(drop=True).equals(wide[others])


@pytest.mark.parametrize("form", tables.FORMATS)
def test_batches_change_no_byte_of_a_file(asked, path, monkeypatch, form):
    whole = written(asked, path, form).read_bytes()
    monkeypatch.setattr(predictor, "BATCH", 5)
    assert written(asked, path, form).read_bytes() == whole
    # The head stands once.
    assert whole.count(b"nearest_identity") == (len(MIXED) if form in tables.JSON else 1)


def test_json_lines_are_the_objects_of_the_document(asked, path):
    lines = written(asked, path, "jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == read_json(written(asked, path, "json").read_text())


def test_processes_change_no_byte_of_a_file(asked, path, monkeypatch):
    whole = written(asked, path, "json").read_bytes()
    # Eight batches of which four at most are under way.
    monkeypatch.setattr(tables, "BATCH", 4)
    assert len(MIXED) > 4 * 5
    assert written(asked, path, "json", processes=2).read_bytes() == whole
    # A message of the input comes through, and no half file is left.
    asked.write_bytes(FASTA.encode() + b"\0")
    (asked.parent / "asked.json").unlink()
    with pytest.raises(InputError, match="is not text"):
        written(asked, path, "json", processes=2)
    assert [one.name for one in asked.parent.iterdir()] == ["asked.fa"]


def test_gzip_and_a_list_change_no_number(asked, path, tmp_path, expected):
    (tmp_path / "packed.fa").write_bytes(gzip.compress(FASTA.encode()))
    (tmp_path / "list.txt").write_text("\r\n".join(sequence for _, sequence in MIXED if sequence))
    whole = written(asked, path, "json").read_bytes()
    assert written(tmp_path / "packed.fa", path, "json").read_bytes() == whole
    listed = pd.DataFrame(read_json(written(tmp_path / "list.txt", path, "json").read_text()))
    kept = expected[[bool(sequence) for _, sequence in MIXED]]
    assert listed["name"].tolist() == [f"sequence_{number + 1}" for number in range(len(kept))]
    assert listed[NUMBERS].to_numpy() == pytest.approx(kept[NUMBERS].to_numpy(), rel=0, abs=0, nan_ok=True)


def test_standard_output(asked, path, capsys):
    predict_file(asked, "-", path)
    printed = capsys.readouterr()
    assert printed.out == written(asked, path).read_text() and printed.err == ""


def test_unusable_input_leaves_the_old_file(asked, path):
    output = written(asked, path)
    before = output.read_bytes()
    asked.write_text("")
    with pytest.raises(InputError, match="There is no sequence"):
        written(asked, path)
    assert output.read_bytes() == before


@pytest.mark.parametrize("form", tables.FORMATS)
def test_names_come_back_whatever_is_in_them(tmp_path, path, form):
    names = ['a"b', "c,d", "'", "NA", "1.0", "mi\u00df", "=1"]
    (tmp_path / "asked.fa").write_text("".join(f">{name}\n{HAIRPINS[0]}\n" for name in names), encoding="utf-8")
    output = written(tmp_path / "asked.fa", path, form)
    if form in tables.JSON:
        text = output.read_text(encoding="utf-8")
        rows = read_json(text) if form == "json" else map(json.loads, text.splitlines())
        found = [row["name"] for row in rows]
    else:
        found = read_table(output, text=["name"])["name"].unique().tolist()
    assert found == names


@pytest.mark.parametrize("shown", [False, True])
def test_a_progress_bar_on_a_terminal_only(asked, path, monkeypatch, shown):
    screen = io.StringIO()
    screen.isatty = lambda: shown
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.delenv("MMLMIRLOC_PROGRESS", raising=False)
    written(asked, path)
    assert ("sequences" in screen.getvalue()) == shown


def command(*arguments, given=None, **variables):
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "mmlmirloc.command", "predict", *map(str, arguments)],
        input=given,
        capture_output=True,
        env=os.environ | {"PYTHONPATH": SCRIPTS} | variables,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize("packed", [False, True])
def test_the_command_at_the_end_of_a_pipe_is_the_call(path, expected, packed):
    given = gzip.compress(FASTA.encode()) if packed else FASTA.encode()
    done = command("-", "--format", "json", "--model", path, given=given)
    assert (done.returncode, done.stderr) == (0, b"")
    assert read_json(done.stdout.decode()) == as_records(expected)


def test_the_command_with_two_processes_is_the_call(path, tmp_path):
    # More than one batch of a thousand, and a last one that is not full.
    records = [(f"r{number}", HAIRPINS[number % 40]) for number in range(2100)]
    (tmp_path / "asked.fa").write_text("".join(f">{name}\n{sequence}\n" for name, sequence in records))
    output = tmp_path / "out.json"
    options = ("--processes", 2, "--format", "json", "--model", path, "--out", output)
    done = command(tmp_path / "asked.fa", *options)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert read_json(output.read_text()) == as_records(predict(records, path))
