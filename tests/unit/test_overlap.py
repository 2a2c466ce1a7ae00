"""Test rows that overlap with training rows, by hand."""

import pandas as pd
import pytest

from mmlmirloc.data.overlap import overlap
from mmlmirloc.reporting.overlap_table import write_overlap

LONG = "ACGUACGGUACCA"


@pytest.mark.parametrize(
    ("tested", "training", "found"),
    [
        (LONG, [LONG], ["identical"]),
        (LONG[2:9], [LONG], ["inside"]),
        (LONG, ["UUUUU", LONG[2:9]], ["around"]),
        (LONG[:9], [LONG, LONG[:9], LONG[2:8]], ["identical", "inside", "around"]),
        # The same bases in another order, and one base more at each end of another.
        (LONG[::-1], [LONG], []),
        (LONG[:5] + "A", ["C" + LONG[1:5]], []),
        (LONG, [], []),
    ],
)
def test_a_row_overlaps_where_one_sequence_holds_the_other(tested, training, found):
    row = overlap([tested], training).iloc[0]
    assert [kind for kind in ("identical", "inside", "around") if row[kind]] == found
    assert row["any"] == bool(found)


def test_no_rows_overlap_with_nothing():
    assert overlap([], [LONG]).sum().tolist() == [0, 0, 0, 0]


def test_each_repeat_is_counted_with_its_own_training_rows(tmp_path):
    rows = {
        "train-1": [(1, LONG), (1, "GGGGG")],
        "test-1": [(1, LONG[1:]), (1, "CCCCC")],
        # What one repeat trains on is unknown in the other.
        "train-2": [(2, LONG), (3, "CCCCC")],
        "test-2": [(2, "CCCCC"), (2, "AAAAA"), (3, "CCCCC"), (3, LONG)],
    }
    for name, lines in rows.items():
        pd.DataFrame(lines, columns=["repeat", "sequence"]).to_csv(tmp_path / name, sep="\t", index=False)
    trains, tests = ([tmp_path / f"{side}-{batch}" for batch in (1, 2)] for side in ("train", "test"))
    outputs = tmp_path / "overlap.tsv", tmp_path / "overlap.md"
    write_overlap(trains, tests, ["given", "random"], "made up", *outputs)
    assert outputs[0].read_text().splitlines() == [
        "protocol\trepeat\ttrain_rows\ttest_rows\tidentical\tinside\taround\tany",
        "given\t1\t2\t2\t0\t1\t0\t1",
        "random\t2\t1\t2\t0\t0\t0\t0",
        "random\t3\t1\t2\t1\t0\t0\t1",
    ]
    page = outputs[1].read_text()
    assert "made up" in page
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[:1] == "|"]
    assert cells[-2:] == [["given", "2", "0", "1", "0", "1"], ["random", "2", "0.5", "0", "0", "0.5"]]
