"""Two F1 over all rows of a cross-validation, by hand."""

import pandas as pd
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.pooled_f1 import pooled_f1, write_pooled_f1

LOCATIONS = ["exosome", "nucleus"]
TRUTH = pd.DataFrame({"repeat": [1, 1, 2], "accession": ["a", "b", "c"], "exosome": [1, 1, 0], "nucleus": [0, 1, 1]})


def decided(model, rule, labels):
    return TRUTH[["repeat", "accession"]].assign(model=model, rule=rule, **dict(zip(LOCATIONS, zip(*labels))))


def test_both_by_hand_over_the_rows_of_all_folds():
    decisions = pd.concat(
        [
            decided("net", "chosen", [(1, 1), (1, 0), (0, 0)]),
            decided("net", "fixed", [(1, 0), (1, 1), (0, 1)]),
            decided("net", "thresholds", [(0, 0), (0, 0), (0, 0)]),
            decided("never", "fixed", [(0, 0), (0, 0), (0, 0)]),
        ]
    )
    table = pooled_f1(decisions, TRUTH, LOCATIONS).set_index(["model", "rule"])
    assert list(table.index) == [("net", "chosen"), ("net", "fixed"), ("never", "fixed")]
    # exosome: both found, none wrong, 1. nucleus: neither of two found, one wrong, 0. Together 2 of 4, one wrong.
    assert table.loc[("net", "chosen"), "macro_f1"] == pytest.approx(0.5)
    assert table.loc[("net", "chosen"), "micro_f1"] == pytest.approx(2 * 2 / (2 * 2 + 1 + 2))
    assert table.loc[("net", "fixed")].tolist() == [3, 1, 1]
    assert table.loc[("never", "fixed")].tolist() == [3, 0, 0]


def test_a_row_that_is_decided_twice_is_no_row_more():
    twice = pd.concat([decided("net", "fixed", [(1, 0), (1, 1), (0, 1)])] * 2)
    with pytest.raises(pd.errors.MergeError):
        pooled_f1(twice, TRUTH, LOCATIONS)


def test_a_run_is_read_with_the_test_rows_of_all_batches(tmp_path):
    for batch, part in (("1", TRUTH[:2]), ("2-3", TRUTH[2:])):
        folder = tmp_path / f"splits/given/repeat-{batch}"
        folder.mkdir(parents=True)
        part.assign(sequence="ACGU").to_csv(folder / "test.tsv", sep="\t", index=False)
    (tmp_path / "judgements/given").mkdir(parents=True)
    decisions = decided("net", "fixed", [(1, 0), (1, 1), (0, 0)])
    decisions.to_csv(tmp_path / "judgements/given/decisions.tsv", sep="\t", index=False)
    write_pooled_f1(tmp_path, tmp_path / "f1.tsv")
    table = pd.read_csv(tmp_path / "f1.tsv", sep="\t")
    assert table["rows"].tolist() == [3] and table["micro_f1"].tolist() == pytest.approx([6 / 7])


def test_a_model_that_lacks_a_fold_is_named():
    part = decided("net", "fixed", [(1, 0), (1, 1), (0, 1)])[:2]
    with pytest.raises(InputError, match="net has label sets of 2 of 3 test rows"):
        pooled_f1(part, TRUTH, LOCATIONS)


def test_a_fold_that_stands_in_two_batches_is_refused(tmp_path):
    for batch in ("1", "1-2"):
        folder = tmp_path / f"splits/given/repeat-{batch}"
        folder.mkdir(parents=True)
        TRUTH.assign(sequence="ACGU").to_csv(folder / "test.tsv", sep="\t", index=False)
    (tmp_path / "judgements/given").mkdir(parents=True)
    decided("net", "fixed", [(1, 0), (1, 1), (0, 0)]).to_csv(
        tmp_path / "judgements/given/decisions.tsv", sep="\t", index=False
    )
    with pytest.raises(InputError, match="repeat 1 stands in another table too"):
        write_pooled_f1(tmp_path, tmp_path / "f1.tsv")


def test_a_run_that_has_not_ended_is_said(tmp_path):
    with pytest.raises(InputError, match=r"decisions\.tsv"):
        write_pooled_f1(tmp_path, tmp_path / "f1.tsv")
