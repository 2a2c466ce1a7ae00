"""The file of a trained model: what packing keeps, and that what is read is what was written."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.rules import FittedRules
from mmlmirloc.models.shared.trees import fit_forest, score_forest
from mmlmirloc.predicting.model_file import FITTED, TrainedModel, load, packed, save, unpacked

UP, DOWN = np.float32(np.inf), np.float32(-np.inf)
ONE = np.float32(1)


def stumps(*thresholds):
    """A forest of trees with one cut each: left leaves hold (1, 0), right ones (0, 1)."""
    number = len(thresholds)
    node = np.arange(3 * number)
    inner = node % 3 == 0
    return {
        "roots": node[inner],
        "left": np.where(inner, node + 1, node).astype(np.int32),
        "right": np.where(inner, node + 2, node).astype(np.int32),
        "feature": np.zeros(3 * number, dtype=np.int32),
        "threshold": np.where(inner, np.repeat(np.array(thresholds, dtype=float), 3), -2.0),
        "share": np.tile([[0.5, 0.5], [1.0, 0.0], [0.0, 1.0]], (number, 1)),
    }


def grown(seed=0, rows=80, width=6, trees=20):
    """A forest grown on random rows of single precision, and those rows."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(rows, width)).astype(np.float32)
    labels = random.integers(0, 2, (rows, 3))
    options = {"n_estimators": trees, "splits": "random", "random_state": seed, "bootstrap": False}
    return fit_forest(values.astype(float), labels, **options), values


def model_of(folds=2, **changes):
    random = np.random.default_rng(5)
    truth, scores = random.integers(0, 2, (40, 3)), random.random((40, 3))
    model = TrainedModel(
        locations=["nucleus", "exosome", "cytoplasm"],
        views={"structural": {"kind": "structural", "settings": {}}, "arms": {"kind": "arms", "settings": {}}},
        forests=[unpacked(packed(grown(fold)[0])) for fold in range(folds)],
        rules=FittedRules.fit(truth, scores, 0.5, "accuracy"),
        rule="expected_f1",
        digests=np.array([0, 1, 2**64 - 1], dtype=np.uint64),
        sketches=np.arange(72, dtype=np.uint64).reshape(3, 24),
        lengths=(44, 180),
        card={"name": "FoldMiRLoc", "scores": [{"mean": 0.5, "ci_low": None}], "note": "é"},
        index={
            "sketches": np.arange(12, dtype=np.uint32).reshape(3, 4),
            "digests": np.array([5, 2**64 - 1, 0], dtype=np.uint64),
            "species": np.array([1, 0, 1], dtype=np.uint16),
            "codes": np.array(["hsa", "mmu"]),
            "k": np.array(8),
        },
    )
    return replace(model, **changes)


# --- packing


# What single precision has on either side of 1, and halfway between: the steps above 1 are 2^-23, below it 2^-24.
@pytest.mark.parametrize(
    "threshold",
    [1.0, 1 + 2.0**-24, 1 + 2.0**-23 - 2.0**-50, 1 - 2.0**-26, 1 - 2.0**-25, 1 + 2.0**-50, 1 - 2.0**-50, 0.1, -1e-60],
)
def test_a_row_beside_a_threshold_stays_on_its_side(threshold):
    near = np.float32(threshold)
    values = [np.nextafter(np.nextafter(near, DOWN), DOWN), np.nextafter(near, DOWN), near, np.nextafter(near, UP)]
    values = np.array([*values, 0, 1, -1], dtype=np.float32)[:, None]
    forest = stumps(threshold)
    expected = [[1, 0] if float(value) <= threshold else [0, 1] for value in values[:, 0]]
    assert score_forest(forest, values).tolist() == expected
    assert score_forest(unpacked(packed(forest)), values).tolist() == expected


def test_a_packed_threshold_is_the_largest_that_is_not_above():
    thresholds = [1.0, 1 + 2.0**-24 + 2.0**-30, 1 - 2.0**-30, 2.0**-200, -(2.0**-200), 0.5]
    found = packed(stumps(*thresholds))["threshold"][::3]
    assert found.dtype == np.float32
    # Rounding to the nearest would lead above the second and the third, and above -2^-200.
    expected = [ONE, ONE, np.nextafter(ONE, DOWN), 0, np.nextafter(np.float32(0), DOWN), 0.5]
    assert found.tolist() == np.array(expected, dtype=np.float32).tolist()


@pytest.mark.parametrize("seed", range(5))
def test_a_packed_forest_leads_to_the_same_leaves(seed):
    forest, values = grown(seed)
    random = np.random.default_rng(seed + 100)
    # Rows that lie on a threshold, as near as single precision has it, and beside it.
    on = np.tile(random.choice(forest["threshold"].astype(np.float32), (200, 1)), (1, 6))
    asked = np.concatenate([values, random.normal(size=(200, 6)).astype(np.float32), on, np.nextafter(on, UP)])
    # A number for each node in the place of its share: equal numbers are equal leaves.
    numbers = np.arange(len(forest["left"]), dtype=float)[:, None]
    assert len(numbers) < 2**24
    for root in forest["roots"]:
        tree = {**forest, "roots": np.array([root]), "share": numbers}
        assert np.array_equal(score_forest(unpacked(packed(tree)), asked), score_forest(tree, asked))


def test_shares_lose_what_single_precision_does_not_hold():
    forest, values = grown()
    found, expected = score_forest(unpacked(packed(forest)), values), score_forest(forest, values)
    assert found == pytest.approx(expected, abs=1e-6)
    leaf = forest["left"] == np.arange(len(forest["left"]))
    again = unpacked(packed(forest))
    assert np.array_equal(again["share"][leaf], forest["share"][leaf].astype(np.float32))
    assert len(packed(forest)["share"]) == leaf.sum() < len(leaf)


def test_packing_twice_changes_nothing_more():
    once = packed(grown()[0])
    twice = packed(unpacked(once))
    assert once.keys() == twice.keys()
    for name, value in once.items():
        assert value.dtype == twice[name].dtype and np.array_equal(value, twice[name])


# --- the file


def test_what_is_loaded_is_what_was_saved(tmp_path):
    model = model_of()
    save(model, tmp_path / "new" / "model.safetensors")
    found = load(tmp_path / "new" / "model.safetensors")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["model.safetensors"]
    for name in ("locations", "views", "rule", "lengths", "card"):
        assert getattr(found, name) == getattr(model, name)
    for name in ("digests", "sketches"):
        assert getattr(found, name).dtype == np.uint64
        assert np.array_equal(getattr(found, name), getattr(model, name))
    assert found.rules.fixed == model.rules.fixed
    for name in FITTED:
        assert getattr(found.rules, name).dtype == getattr(model.rules, name).dtype
        assert np.array_equal(getattr(found.rules, name), getattr(model.rules, name))
    assert found.index.keys() == model.index.keys()
    for name, value in model.index.items():
        assert found.index[name].dtype == value.dtype and np.array_equal(found.index[name], value)
    values = grown()[1]
    assert len(found.forests) == 2
    for one, other in zip(found.forests, model.forests):
        assert np.array_equal(score_forest(one, values), score_forest(other, values))
    assert not np.array_equal(*(score_forest(one, values) for one in found.forests))


def test_a_model_without_an_index_has_none(tmp_path):
    save(model_of(index={}), tmp_path / "m")
    assert load(tmp_path / "m").index == {}


def test_more_than_ten_folds_keep_their_order(tmp_path):
    model = model_of(folds=12)
    save(model, tmp_path / "m")
    for one, other in zip(load(tmp_path / "m").forests, model.forests, strict=True):
        assert np.array_equal(one["threshold"], other["threshold"])


def test_equal_models_give_equal_bytes(tmp_path):
    for name, model in {"a": model_of(), "b": model_of(), "c": model_of(rule="fixed")}.items():
        save(model, tmp_path / name)
    save(load(tmp_path / "a"), tmp_path / "d")
    first = (tmp_path / "a").read_bytes()
    assert (tmp_path / "b").read_bytes() == first == (tmp_path / "d").read_bytes()
    assert (tmp_path / "c").read_bytes() != first


def test_the_order_of_views_is_kept_whatever_their_names(tmp_path):
    # A tree knows its columns by their place alone.
    views = {name: {"kind": "kmer", "settings": {}} for name in ("zebra", "ape", "mouse")}
    save(model_of(views=views), tmp_path / "m")
    assert list(load(tmp_path / "m").views) == ["zebra", "ape", "mouse"]


def unusable(path):
    with pytest.raises(InputError, match="The model cannot be read") as caught:
        load(path)
    error = caught.value
    assert error.where == str(path) and error.expected == "a model that rule export_model wrote"
    assert "snakemake results/final/sketchmirloc.safetensors" in error.hint
    return error.what


def test_a_missing_model_is_named(tmp_path):
    unusable(tmp_path / "absent.safetensors")
    unusable(tmp_path)


@pytest.mark.parametrize("kept", [0, 5, 300, -1])
def test_a_damaged_model_is_named(tmp_path, kept):
    path = tmp_path / "model.safetensors"
    save(model_of(), path)
    path.write_bytes(path.read_bytes()[:kept])
    unusable(path)


def test_another_file_is_named(tmp_path):
    from safetensors.numpy import save_file

    path = tmp_path / "model.safetensors"
    path.write_text(">a\nACGU\n")
    unusable(path)
    # Of another program: without our note, or with another one.
    for metadata in (None, {"format": "pt"}, {"mmlmirloc": "no JSON"}, {"mmlmirloc": "{}"}):
        save_file({"weight": np.zeros(3)}, path, metadata=metadata)
        unusable(path)


@pytest.mark.parametrize("note", ["[]", "3"])
def test_a_note_that_is_no_mapping_is_named(tmp_path, note):
    from safetensors.numpy import save_file

    save_file({"weight": np.zeros(3)}, tmp_path / "m", metadata={"mmlmirloc": note})
    unusable(tmp_path / "m")


def test_another_format_is_told(tmp_path):
    from safetensors import safe_open
    from safetensors.numpy import save_file

    path, other = tmp_path / "model.safetensors", tmp_path / "other.safetensors"
    save(model_of(), path)
    with safe_open(str(path), framework="numpy") as file:
        about = json.loads(file.metadata()["mmlmirloc"])
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    save_file(arrays, other, metadata={"mmlmirloc": json.dumps(about | {"format": "1"})})
    assert "its format is 1, this version reads 2" in unusable(other)
    # An array is missing.
    lacking = {name: value for name, value in arrays.items() if name != "training.sketches"}
    save_file(lacking, other, metadata={"mmlmirloc": json.dumps(about)})
    assert "training.sketches" in unusable(other)


def test_a_model_that_could_not_be_written_leaves_the_old_one(tmp_path):
    path = tmp_path / "model.safetensors"
    save(model_of(), path)
    shutil.copy(path, tmp_path / "copy")
    with pytest.raises(TypeError):
        save(model_of(card={"not": {1, 2}}), path)
    assert path.read_bytes() == (tmp_path / "copy").read_bytes()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["copy", "model.safetensors"]
