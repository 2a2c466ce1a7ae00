"""A final model and its card: made of all rows, with what is known of the model and where it came from."""

import hashlib
import json
import shutil

import numpy as np
import pytest
from score_files import change_lines
from tiny_model import FOLDS, HAIRPINS, LOCATIONS, NOTE, SETTINGS, VIEWS, export, train

from mmlmirloc.data.minhash import digests, sketches
from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.rules import RULES, FittedRules, best_rule, rule_values
from mmlmirloc.exportable import check_exportable
from mmlmirloc.files import read_arrays, read_table
from mmlmirloc.models.shared.trees import score_forest
from mmlmirloc.predicting.export import card_scores
from mmlmirloc.predicting.model_file import FITTED, KEPT, WORD, load
from mmlmirloc.scores import read_validation


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    train(folder)
    return folder


@pytest.fixture(scope="module")
def card(trained):
    return json.loads((trained / "tiny.json").read_text(encoding="utf-8"))


@pytest.fixture
def copied(trained, tmp_path):
    shutil.copytree(trained, tmp_path / "copy")
    return tmp_path / "copy"


# --- folds


def test_all_rows_get_a_fold(trained):
    rows = read_table(trained / "train.tsv", text=["accession", "sequence"])
    assert list(rows.columns) == ["repeat", "accession", "sequence", *LOCATIONS, "fold"]
    mirnas = read_table(trained / "mirnas.tsv", text=["accession", "sequence"])
    columns = ["accession", "sequence", *LOCATIONS]
    assert rows[columns].equals(mirnas[columns]) and len(rows) == 40
    assert (rows["repeat"] == 1).all()
    assert sorted(rows["fold"].unique()) == list(range(FOLDS)) and rows["fold"].value_counts().min() >= 12
    # Stratified: each fold has its part of each location.
    for location in LOCATIONS:
        per_fold = rows.groupby("fold")[location].sum()
        assert per_fold.max() - per_fold.min() <= 2


# --- the model


def test_the_model_holds_each_fold(trained):
    model = load(trained / "tiny.safetensors")
    width = 500
    values = np.random.default_rng(0).random((30, width))
    assert model.locations == LOCATIONS and model.views == VIEWS and len(model.forests) == FOLDS
    for fold, forest in enumerate(model.forests):
        fitted = read_arrays(trained / "fitted" / "tiny" / "repeat-01" / f"fold-{fold:02d}.model")
        assert score_forest(forest, values) == pytest.approx(score_forest(fitted, values), abs=1e-6)


def test_calibration_and_rule_are_fitted_on_validation_rows(trained, card):
    model = load(trained / "tiny.safetensors")
    held_out = read_validation(trained / "validation.tsv", trained / "train.tsv", LOCATIONS)["tiny"][1]
    expected = FittedRules.fit(held_out.truth, held_out.scores, 0.5, "accuracy")
    for name in FITTED:
        assert np.array_equal(getattr(model.rules, name), getattr(expected, name))
    assert model.rules.fixed == 0.5
    values = rule_values(held_out.truth, held_out.scores, held_out.folds, RULES, 0.5, "accuracy")
    assert model.rule == card["rule"] == best_rule(values, "accuracy")


def test_the_training_hairpins_are_known_by_digest_and_sketch_alone(trained):
    model, content = load(trained / "tiny.safetensors"), (trained / "tiny.safetensors").read_bytes()
    assert model.digests.tolist() == digests(HAIRPINS).tolist()
    assert np.array_equal(model.sketches, sketches(HAIRPINS, WORD, KEPT))
    assert model.lengths == (min(map(len, HAIRPINS)), max(map(len, HAIRPINS)))
    for sequence in HAIRPINS:
        words = {sequence[start : start + 12] for start in range(len(sequence) - 11)}
        assert not any(word.encode() in content or word.replace("U", "T").encode() in content for word in words)
    assert b"MI00000" not in content and b"hsa-mir" not in content


def test_made_twice_the_bytes_are_equal(copied, trained):
    export(copied)
    for name in ("tiny.safetensors", "tiny.json"):
        assert (copied / name).read_bytes() == (trained / name).read_bytes()


# --- the card


def test_the_card_says_what_the_model_is(card, trained):
    assert (card["name"], card["note"], card["learner"]) == ("Tiny", NOTE, "forest")
    assert card["settings"] == SETTINGS and card["views"] == ["sketches", "composition", "length"]
    assert card["inputs"] == "the sequence, and the index of miRBase's hairpins that the model holds"
    assert card["code_digest"] == "a digest"
    for name, file in (("data", "train.tsv"), ("index", "index.npz")):
        assert card[f"{name}_sha256"] == hashlib.sha256((trained / file).read_bytes()).hexdigest()
    assert card["data"].startswith("hairpins of miRBase") and "80% identity" in card["data"]
    assert card["molecule"] == "hairpin"
    assert card["lengths"] == [min(map(len, HAIRPINS)), max(map(len, HAIRPINS))]
    assert card["limits"][-1] == "No clinical use."
    assert set(card["made_with"]) == {"numpy", "scikit-learn"}


def test_the_card_counts_rows_and_labels(card, trained):
    assert card["training_rows"] == 40
    mirnas = read_table(trained / "mirnas.tsv")
    assert card["labels"] == {location: int(mirnas[location].sum()) for location in LOCATIONS}
    assert list(card["labels"]) == LOCATIONS and len(set(card["labels"].values())) > 1


def test_the_card_is_in_the_model_too(card, trained):
    assert load(trained / "tiny.safetensors").card == card


def test_the_card_holds_the_scores_of_the_model_and_of_era(card):
    # By the rule that the model decides with, and of the metrics of the card only; no other model's.
    assert card["scores"] == [
        dict(zip(["protocol", "label", "metric", "mean", "ci_low", "ci_high", "repeats"], line))
        for line in [
            ("grouped", "Tiny", "accuracy", 0.61, 0.55, 0.67, 20),
            ("grouped", "Tiny", "auc_macro", 0.71, 0.65, 0.77, 20),
            ("grouped", "Era", "accuracy", 0.6, 0.5, 0.7, 20),
            ("temporal", "Tiny", "accuracy", 0.4, None, None, 1),
            # Of two constants the better one by each metric: the higher accuracy, and the lower loss.
            ("grouped", "Best constant", "accuracy", 0.4, 0.3, 0.5, 20),
            ("grouped", "Best constant", "hamming_loss", 0.2, 0.1, 0.3, 20),
        ]
    ]


def test_the_card_holds_the_scores_of_models_beside_it(trained):
    found = [row["label"] for row in card_scores(trained / "beyond.tsv", "Absent", "other", ["high"], "fixed")]
    assert found == ["Other", "Best constant", "Best constant"]
    assert card_scores(trained / "beyond.tsv", "Absent", "", [], "fixed") == []


def test_a_note_of_simulated_data_stands_on_the_card(copied):
    assert export(copied, note="Simulated données")["note"] == "Simulated données"
    assert load(copied / "tiny.safetensors").card["note"] == "Simulated données"


def test_the_card_says_whose_hairpins_it_was_trained_on(copied, card):
    assert card["species"] == "Homo sapiens"
    assert card["limits"][0].startswith("Trained on 40 human hairpins with a location in RNALocate v2.0; ")
    mouse = export(copied, species="Mus musculus")
    assert mouse["species"] == "Mus musculus"
    assert mouse["limits"][0].startswith("Trained on 40 Mus musculus hairpins with a location")


def test_the_card_names_a_labelled_table_and_not_the_databases(copied, card):
    own = export(copied, table="own.tsv")
    assert own["data"] == "the labelled table own.tsv"
    assert own["limits"][0].startswith("Trained on the 40 rows of the labelled table own.tsv; ")
    assert own["limits"][-1] == card["limits"][-1]
    assert "RNALocate" not in " ".join(own["limits"]) and "era" not in " ".join(own["limits"]).split()


def test_the_index_is_in_the_model(trained):
    model, written = load(trained / "tiny.safetensors"), read_arrays(trained / "index.npz")
    assert model.index.keys() == written.keys()
    for name, value in written.items():
        assert np.array_equal(model.index[name], value), name


# --- what can be packed


def row_of(learner="forest", **views):
    return {"learner": learner, "views": {name: {"kind": kind, "settings": {}} for name, kind in views.items()}}


ROWS = {
    "good": row_of(a="sketches", b="kmer"),
    "folded": row_of(a="structural"),
    "network": row_of("mvfcnet", a="kmer"),
    "searched": row_of(a="kmer", b="evolutionary"),
    "placed": row_of(b="genomic"),
    "fitted": row_of(a="word2vec"),
    "named": row_of(a="record"),
    "two": row_of("constant"),
}


@pytest.mark.parametrize(
    ("model", "parts"),
    [
        ("network", ["its learner is mvfcnet"]),
        ("searched", ["its view b needs homologs that blastn finds", "its view b needs miRBase's mature arms"]),
        ("placed", ["its view b needs places in the genome"]),
        ("fitted", ["its view a is fitted on training rows"]),
        ("named", ["its view a is of more than the sequence"]),
        ("two", ["its learner is constant", "it has no view"]),
    ],
)
def test_a_model_that_no_file_can_hold_is_refused(model, parts):
    with pytest.raises(InputError, match=f"The model {model} cannot be exported") as caught:
        check_exportable(model, ROWS, "config: final.default")
    assert all(part in caught.value.what for part in parts)
    assert caught.value.where == "config: final.default"
    assert caught.value.hint == "choose one of good, folded"


def test_a_model_of_the_sequence_and_the_index_can_be_packed():
    for model in ("good", "folded"):
        check_exportable(model, ROWS, "")


def test_without_any_that_can_be_packed_one_is_to_be_added():
    with pytest.raises(InputError) as caught:
        check_exportable("network", {"network": ROWS["network"]}, "")
    assert caught.value.hint == "add such a model to the table of models"


@pytest.mark.parametrize(
    "damage",
    [lambda lines: [lines[0].replace("exosome", "moon"), *lines[1:]], lambda lines: lines[:-1]],
    ids=["of other locations", "cut"],
)
def test_validation_scores_that_do_not_fit_are_refused(copied, damage):
    change_lines(copied / "validation.tsv", damage)
    before = (copied / "tiny.safetensors").read_bytes()
    with pytest.raises(InputError) as caught:
        export(copied)
    assert caught.value.where == str(copied / "validation.tsv")
    assert (copied / "tiny.safetensors").read_bytes() == before


def test_a_fold_that_is_missing_is_named(copied):
    (copied / "fitted" / "tiny" / "repeat-01" / "fold-01.model").unlink()
    with pytest.raises(InputError, match="missing") as caught:
        export(copied)
    assert caught.value.where.endswith("fold-01.model")
