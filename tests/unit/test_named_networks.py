"""The benchmark of names: what the control knows by hand, folds that are not looked into, and what is written."""

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.declarations import defaults
from mmlmirloc.errors import InputError
from mmlmirloc.evaluation import named_networks
from mmlmirloc.evaluation.named_networks import (
    CONTROL,
    LOCATIONS,
    SYSTEMS,
    known_of,
    measure_systems,
    out_of_fold,
    words_of,
)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Few trees, walks and epochs."""
    few = {"trees": 20, "walks": 2, "width": 16, "encoder_epochs": 5, "epochs": 5}

    def fewer(settings):
        found = defaults(settings)
        return found | {name: value for name, value in few.items() if name in found}

    monkeypatch.setattr(named_networks, "defaults", fewer)


def test_what_the_control_knows():
    networks = [np.array([[1, 1, 0], [0, 0, 0]]), np.array([[1], [0]])]
    found = known_of(pd.Series(["hsa-mir-30c-2", "hsa-let-x"]), networks)
    assert found.tolist() == [[2, 1, 30, 3], [0, 0, -1, 2]]


def test_words_of_a_name_without_a_sequence_are_zeros():
    found = words_of(pd.Series(["AACG", ""]))
    assert found.shape == (2, 4 + 16 + 64 + 256) and not found[1].any()
    # Single bases: half A, a quarter C and G.
    assert found[0, :4].tolist() == [0.5, 0.25, 0.25, 0]


@pytest.mark.parametrize("model", SYSTEMS)
def test_a_fold_is_scored_without_its_own_labels(model):
    random = np.random.default_rng(1)
    pairs = (random.random((60, 9)) < 0.4).astype(np.float32)
    views = {"degrees": random.random((60, 4)).astype(np.float32), "diseases": pairs, "drugs": pairs[:, ::-1].copy()}
    views |= {"words": random.random((60, 5)).astype(np.float32), "targets": random.random((60, 4)).astype(np.float32)}
    told = views["degrees"][:, 0] > 0.5 if model == CONTROL else pairs[:, 0] > 0
    labels = told[:, None].astype(int).repeat(len(LOCATIONS), axis=1)
    fold = np.arange(60) % 3
    scores = out_of_fold(SYSTEMS[model], views, labels, fold, seed=1)
    changed = labels.copy()
    changed[fold == 0] = 1 - changed[fold == 0]
    again = out_of_fold(SYSTEMS[model], views, changed, fold, seed=1)
    assert np.array_equal(again[fold == 0], scores[fold == 0])
    assert not np.array_equal(again[fold == 1], scores[fold == 1])


@pytest.fixture
def written(tmp_path):
    """A table of forty names whose number of diseases tells all locations, and its networks."""
    number = np.arange(40)
    table = pd.DataFrame({"name": [f"hsa-mir-{7 * one % 41}" for one in number], "sequence": "ACGUACGUACGU"})
    table["all_hairpins"] = [f"MI{one // 2}|MI{100 + one}" for one in number]
    table = table.assign(**dict.fromkeys(LOCATIONS, number % 2))
    table["fold_auc"], table["fold_multilabel"] = number % 4, np.where(number < 30, number % 3, -1)
    table["fold_multilabel"] = table["fold_multilabel"].astype(str).replace("-1", "")
    table.to_csv(tmp_path / "names.tsv", sep="\t", index=False)
    diseases = np.tile((number % 2)[:, None], (1, 5))
    networks = {"diseases": diseases, "drugs": np.zeros((40, 2)), "targets": np.zeros((40, 4))}
    for name, network in networks.items():
        np.savetxt(tmp_path / f"{name}.csv", network, fmt="%d", delimiter=",")
    return tmp_path, {name: tmp_path / f"{name}.csv" for name in networks}


def test_degrees_that_tell_all_are_found_to(written):
    folder, networks = written
    measure_systems(folder / "names.tsv", networks, folder / "out.tsv", draws=50, seed=1)
    table = pd.read_csv(folder / "out.tsv", sep="\t").set_index(["folds", "model", "metric"])
    assert table.loc[("fold_auc", CONTROL, "roc_auc"), "mean"] > 0.95
    assert list(dict.fromkeys(table.index.get_level_values("model"))) == list(SYSTEMS)
    assert table.groupby("folds")["rows"].unique().map(list).to_dict() == {"fold_auc": [40], "fold_multilabel": [30]}
    assert (table["ci_low"] <= table["mean"]).all() and (table["mean"] <= table["ci_high"]).all()
    minus = table[table.index.get_level_values("model") != CONTROL]
    control = table.xs(CONTROL, level="model")["mean"]
    for (folds, _, metric), row in minus.iterrows():
        assert row["minus_control"] == pytest.approx(row["mean"] - control[folds, metric], abs=1e-5)
        assert row["minus_control_low"] <= row["minus_control"] <= row["minus_control_high"]
    assert table.xs(CONTROL, level="model")["minus_control"].isna().all()


def test_a_network_of_other_rows_is_refused(written):
    folder, networks = written
    (folder / "drugs.csv").write_text("0,1\n1,0\n")
    with pytest.raises(InputError, match="The network has 2 lines"):
        measure_systems(folder / "names.tsv", networks, folder / "out.tsv", draws=10, seed=1)


def test_a_table_without_its_columns_is_refused(written):
    folder, networks = written
    (folder / "names.tsv").write_text("name\tnucleus\nhsa-mir-1\t1\n")
    with pytest.raises(InputError, match="no column all_hairpins, sequence, cytoplasm"):
        measure_systems(folder / "names.tsv", networks, folder / "out.tsv", draws=10, seed=1)
