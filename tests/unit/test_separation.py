"""A table that copies the records is refused, and what each column tells by itself is shown."""

import numpy as np
import pandas as pd
import pytest
from test_leakage import LOCATIONS, dataset, mirbase

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.separation import check_table, wrong_rows
from mmlmirloc.files import read_table
from mmlmirloc.views.making import compute_view

ROWS = dataset()
SETTINGS = {
    **{"source": "mine", "header": True, "key": "accession", "columns": ["value"], "taken": "number"},
    **{"arms": "best", "transform": "none", "missing": -1, "listed": False},
}
EXOSOME = ROWS["exosome"].to_numpy()


@pytest.fixture
def checked(tmp_path, search):
    """The table of what a column of values tells, each the value of one hairpin; of all hairpins or of some."""

    def check(values, accessions=ROWS["accession"], **settings):
        spec = {**SETTINGS, **settings}
        ROWS.to_csv(tmp_path / "mirnas.tsv", sep="\t", index=False)
        sources = mirbase(tmp_path, ("hairpin", "mature", "coordinates"), search)
        table = pd.DataFrame({"accession": accessions, "value": values})
        table.to_csv(tmp_path / "mine.tsv", sep="\t", index=False)
        sources["table"] = str(tmp_path / "mine.tsv")
        paths = tmp_path / "mirnas.tsv", tmp_path / "view.npz"
        compute_view(*paths, "table", spec, sources)
        check_table(paths[1], paths[0], tmp_path / "out.tsv", "mine", "table", spec, LOCATIONS)
        return read_table(tmp_path / "out.tsv").set_index(["column", "location"])

    return check


def amended(rows):
    values = EXOSOME.copy()
    values[rows] = 1 - values[rows]
    return values


@pytest.mark.parametrize(
    ("values", "settings"),
    [
        (EXOSOME, {}),
        (1 - EXOSOME, {}),
        (EXOSOME * 3.5 + 2, {"transform": "log"}),
        # Counts of records: some number for each row with the location, none for the others.
        (EXOSOME * (1 + np.arange(60) % 4), {}),
        (np.where(EXOSOME, "seen", ""), {"taken": "count", "missing": 0}),
        (amended([3]), {}),
    ],
    ids=["copy", "opposite", "scaled", "counts", "entries", "one row amended"],
)
def test_a_copy_of_a_location_is_refused(checked, values, settings):
    with pytest.raises(InputError) as caught:
        checked(values, **settings)
    assert "tells the recorded location exosome as if copied" in str(caught.value)
    assert "views.mine" in str(caught.value)


def test_a_copy_of_some_rows_is_refused(checked):
    half = ROWS["accession"].head(30)
    with pytest.raises(InputError, match=r"exosome as if copied from the records \(30 rows"):
        checked(EXOSOME[:30], half)


def test_what_leaks_a_part_of_a_label_is_shown(checked):
    few = amended([1, 2, 3, 4, 5, 6])
    table = checked(few)
    row = table.loc[("value in mine", "exosome")]
    assert row["rows"] == 60 and row["wrong"] == 6 and row["auc"] > 0.85
    assert abs(table.loc[("value in mine", "nucleus"), "auc"] - 0.5) < 0.3


def test_annotation_of_its_own_passes(checked):
    table = checked(np.random.default_rng(1).random(60))
    assert len(table) == 4 and (table["wrong"] > 5).all()


@pytest.mark.parametrize(
    ("column", "truth", "expected"),
    [
        ([1, 2, 3, 4], [0, 0, 1, 1], 0),
        ([1, 2, 3, 4], [1, 1, 0, 0], 0),
        ([1, 2, 3, 4], [0, 1, 0, 1], 1),
        # One value cannot be divided.
        ([1, 1, 1, 2], [0, 0, 1, 1], 1),
        ([5, 5, 5, 5], [0, 0, 1, 0], 1),
        ([], [], 0),
    ],
)
def test_wrong_rows_of_the_best_threshold(column, truth, expected):
    assert wrong_rows(np.array(column, dtype=float), np.array(truth, dtype=bool)) == expected
