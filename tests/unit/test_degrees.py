"""The control of a benchmark of names: four numbers, by hand, and folds that are not looked into."""

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.degrees import LOCATIONS, known_of, measure_degrees, out_of_fold


def test_what_the_forest_knows():
    networks = {"diseases": np.array([[1, 1, 0], [0, 0, 0]]), "drugs": np.array([[1], [0]])}
    found = known_of(pd.Series(["hsa-mir-30c-2", "hsa-let-x"]), networks)
    assert found.tolist() == [[2, 1, 30, 3], [0, 0, -1, 2]]


def test_a_fold_is_scored_without_its_own_labels():
    random = np.random.default_rng(1)
    values = random.random((60, 4)).astype(np.float32)
    labels = (values[:, :1] > 0.5).astype(int).repeat(len(LOCATIONS), axis=1)
    fold = np.arange(60) % 3
    scores = out_of_fold(values, labels, fold, seed=1)
    changed = labels.copy()
    changed[fold == 0] = 1 - changed[fold == 0]
    again = out_of_fold(values, changed, fold, seed=1)
    assert np.array_equal(again[fold == 0], scores[fold == 0])
    assert not np.array_equal(again[fold == 1], scores[fold == 1])


@pytest.fixture
def written(tmp_path):
    """A table of forty names whose number of diseases tells all locations, and its networks."""
    number = np.arange(40)
    table = pd.DataFrame({"name": [f"hsa-mir-{7 * one % 41}" for one in number]})
    table = table.assign(**dict.fromkeys(LOCATIONS, number % 2))
    table["fold_auc"], table["fold_multilabel"] = number % 4, np.where(number < 30, number % 3, -1)
    table["fold_multilabel"] = table["fold_multilabel"].astype(str).replace("-1", "")
    table.to_csv(tmp_path / "names.tsv", sep="\t", index=False)
    diseases = np.tile((number % 2)[:, None], (1, 5))
    for name, network in (("diseases", diseases), ("drugs", np.zeros((40, 2), dtype=int))):
        np.savetxt(tmp_path / f"{name}.csv", network, fmt="%d", delimiter=",")
    return tmp_path, {name: tmp_path / f"{name}.csv" for name in ("diseases", "drugs")}


def test_degrees_that_tell_all_are_found_to(written):
    folder, networks = written
    measure_degrees(folder / "names.tsv", networks, folder / "out.tsv", draws=50, seed=1)
    table = pd.read_csv(folder / "out.tsv", sep="\t").set_index(["folds", "metric"])
    assert table.loc[("fold_auc", "roc_auc"), "mean"] > 0.95
    assert table["rows"].to_dict() == {
        ("fold_auc", "roc_auc"): 40,
        ("fold_auc", "pr_auc"): 40,
        ("fold_multilabel", "roc_auc"): 30,
        ("fold_multilabel", "pr_auc"): 30,
    }
    assert (table["ci_low"] <= table["mean"]).all() and (table["mean"] <= table["ci_high"]).all()


def test_a_network_of_other_rows_is_refused(written):
    folder, networks = written
    (folder / "drugs.csv").write_text("0,1\n1,0\n")
    with pytest.raises(InputError, match="The network has 2 lines"):
        measure_degrees(folder / "names.tsv", networks, folder / "out.tsv", draws=10, seed=1)


def test_a_table_without_its_columns_is_refused(written):
    folder, networks = written
    (folder / "names.tsv").write_text("name\tnucleus\nhsa-mir-1\t1\n")
    with pytest.raises(InputError, match="no column cytoplasm"):
        measure_degrees(folder / "names.tsv", networks, folder / "out.tsv", draws=10, seed=1)
