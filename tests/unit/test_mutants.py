"""Wild type against mutant: which goes with which, and what a change is held against."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from unit.tiny_model import HAIRPINS, LOCATIONS, OTHERS, mutated, train

import mmlmirloc
from mmlmirloc.command import main
from mmlmirloc.errors import InputError
from mmlmirloc.predicting import Predictor
from mmlmirloc.predicting.mutants import paired

WILD, MUTANT = OTHERS[0], mutated(OTHERS[0], 9, 19)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return train(tmp_path_factory.mktemp("mutants"))


def names(pairs):
    return [(pair.wild_type.name, pair.mutant.name) for pair in pairs]


def test_pairs_are_told_by_name_before_order():
    pairs = paired([("a", "A"), ("b", "B")], [("b", "BB"), ("a", "AA")])
    assert [(one.sequence, other.sequence) for one, other in pairs] == [("A", "AA"), ("B", "BB")]


def test_other_names_are_paired_by_order():
    assert names(paired([("a", "A"), ("b", "B")], [("a-mutant", "A"), ("b-mutant", "B")])) == [
        ("a", "a-mutant"),
        ("b", "b-mutant"),
    ]
    # The same name at the same place does no harm, nor does a repeated one.
    assert names(paired([("a", "A"), ("b", "B")], [("a", "A"), ("c", "B")])) == [("a", "a"), ("b", "c")]
    assert names(paired([("a", "A"), ("a", "B")], [("x", "A"), ("y", "B")])) == [("a", "x"), ("a", "y")]


def test_one_wild_type_goes_with_each_mutant():
    assert names(paired([("a", "A")], [("x", "A"), ("y", "A")])) == [("a", "x"), ("a", "y")]


def test_in_one_list_they_take_turns():
    listed = [("a", "A"), ("x", "A"), ("b", "B"), ("y", "B")]
    assert names(paired(listed, None)) == [("a", "x"), ("b", "y")]


@pytest.mark.parametrize(
    ("wild_types", "mutants", "words"),
    [
        (["a", "b", "c"], None, "3 sequences, which are no pairs"),
        ([], None, "0 sequences"),
        ([], ["a"], "no wild type or no mutant"),
        (["a"], [], "no wild type or no mutant"),
        (["a", "b"], ["x", "y", "z"], "2 wild types and 3 mutants"),
        (["a", "b"], ["x"], "2 wild types and 1 mutants"),
        (["a", "b", "c"], ["b", "x", "c"], "Names tell other pairs"),
        (["a", "a", "b"], ["b", "x", "y"], "Names tell other pairs"),
    ],
)
def test_what_is_no_pair_is_refused(wild_types, mutants, words):
    records = [[(name, "ACGU") for name in some] if some is not None else None for some in (wild_types, mutants)]
    with pytest.raises(InputError, match=words):
        paired(*records)


def test_the_fold_models_make_up_the_prediction(model):
    predictor = Predictor.load(model)
    by_fold = predictor.by_fold([WILD, MUTANT])
    assert by_fold.shape == (3, 2, 3)
    table = predictor.predict([("a", WILD), ("b", MUTANT)])
    np.testing.assert_allclose(by_fold.mean(axis=0), table[[f"probability_{name}" for name in LOCATIONS]])


def test_a_change_is_held_against_the_disagreement_of_the_fold_models(model):
    table = mmlmirloc.compare({"a": WILD}, {"a mutant": MUTANT}, model)
    assert table["location"].tolist() == LOCATIONS and set(table["status"]) == {"ok"}
    predictor = Predictor.load(model)
    (first, second) = predictor.predict([("a", WILD), ("b", MUTANT)]).to_dict("records")
    by_fold = predictor.by_fold([WILD, MUTANT])
    for place, row in enumerate(table.to_dict("records")):
        name = row["location"]
        assert row["change"] == pytest.approx(second[f"probability_{name}"] - first[f"probability_{name}"])
        # Standard deviation over three fold models, n - 1; the larger of both sequences'.
        around = by_fold[:, :, place] - by_fold[:, :, place].mean(axis=0)
        assert row["sd_over_folds"] == pytest.approx(np.sqrt((around**2).sum(axis=0) / 2).max())
        assert row["within"] == ("yes" if abs(row["change"]) <= row["sd_over_folds"] else "no")
        was, becomes = first[f"predicted_{name}"], second[f"predicted_{name}"]
        assert row["set_change"] == {(0, 1): "gained", (1, 0): "lost"}.get((was, becomes), "")


def test_substitutions_are_named_as_in_the_literature(model):
    table = mmlmirloc.compare(WILD, MUTANT, model)
    expected = f"{WILD[9]}10{MUTANT[9]},{WILD[19]}20{MUTANT[19]}"
    assert set(table["differences"]) == {expected}
    assert set(mmlmirloc.compare(WILD, WILD[3:], model)["differences"]) == {"-3 bases"}
    many = mutated(WILD, *range(20))
    assert set(mmlmirloc.compare(WILD, many, model)["differences"]) == {"20 substitutions"}


def test_the_same_sequence_does_not_change(model):
    table = mmlmirloc.compare(WILD, WILD.replace("U", "T").lower(), model)
    assert (table["change"] == 0).all() and set(table["within"]) == {"yes"} and set(table["differences"]) == {""}
    assert "mutant: DNA letters read as RNA; both sequences are the same" in table["remarks"][0]


def test_a_refused_sequence_refuses_its_pair_alone(model):
    table = mmlmirloc.compare({"a": WILD, "b": "MKVLAAGIV" * 5}, {"a": MUTANT, "b": WILD}, model)
    assert table["status"].tolist() == ["ok"] * 3 + ["refused"] * 3
    assert "wild type: refused:" in table["remarks"][3] and table["change"][3:].isna().all()
    short = mmlmirloc.compare(WILD, WILD[:22], model)
    assert set(short["status"]) == {"refused"} and "mature miRNA" in short["remarks"][0]


def test_flags_say_whose_they_are(model):
    table = mmlmirloc.compare(HAIRPINS[0], OTHERS[0], model)
    assert all("wild type" not in flags for flags in table["flags"])
    assert all("mutant: far from every training hairpin" in flags for flags in table["flags"])


@pytest.mark.parametrize("given", [None, 5, [5], []])
def test_what_is_no_sequence_is_refused(model, given):
    with pytest.raises(InputError):
        mmlmirloc.compare(given, WILD, model)


def run(capsys, *arguments):
    """Run the command; return its status, output and errors."""
    status = main(["compare", *map(str, arguments)])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_the_command_compares_two_files_or_one(model, capsys, tmp_path):
    (tmp_path / "wild.fa").write_text(f">a\n{WILD}\n>b\n{OTHERS[1]}\n")
    (tmp_path / "mutant.fa").write_text(f">b\n{mutated(OTHERS[1], 5)}\n>a\n{MUTANT}\n")
    (tmp_path / "both.fa").write_text(f">a\n{WILD}\n>a mutant\n{MUTANT}\n")
    status, out, _ = run(capsys, tmp_path / "wild.fa", tmp_path / "mutant.fa", "--model", model)
    table = pd.read_csv(io.StringIO(out), sep="\t")
    assert status == 0 and table["mutant"].tolist() == ["a"] * 3 + ["b"] * 3
    status, out, _ = run(capsys, tmp_path / "both.fa", "--model", model, "--format", "json")
    lines = json.loads(out)
    assert [line["location"] for line in lines] == LOCATIONS
    assert lines[0]["change"] == pytest.approx(table["change"][0])
    status, out, _ = run(capsys, tmp_path / "both.fa", "--model", model, "--format", "jsonl")
    assert [json.loads(line) for line in out.splitlines()] == lines
    status, out, _ = run(capsys, tmp_path / "both.fa", "--model", model, "--out", tmp_path / "out.tsv")
    assert out == "" and len((tmp_path / "out.tsv").read_text().splitlines()) == 4


def test_bad_files_are_one_message(model, capsys, tmp_path):
    (tmp_path / "one.fa").write_text(f">a\n{WILD}\n")
    (tmp_path / "empty.fa").write_text("")
    for paths, words in [
        ([tmp_path / "one.fa"], "no pairs"),
        ([tmp_path / "one.fa"] * 3, "3 files"),
        (["-", "-"], "2 files"),
        ([tmp_path / "one.fa", tmp_path / "nothing.fa"], "no such file"),
        ([tmp_path / "one.fa", tmp_path / "empty.fa"], "no sequence"),
    ]:
        status, out, errors = run(capsys, *paths, "--model", model)
        assert (status, out) == (1, "") and words in errors and errors.count("mmlmirloc:") == 1
