"""Views of one number: of a record's accession or name, and of a sequence."""

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.views import record, summary


def records(**fields):
    return pd.DataFrame({"accession": [""], "name": [""], "sequence": ["ACGU"]} | fields)


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("name", "hsa-let-7a-1", 7),
        ("name", "hsa-let-7f-2", 7),
        ("name", "hsa-mir-30c-2", 30),
        ("name", "hsa-miR-30c-2-3p", 30),
        ("name", "hsa-mir-1302-11", 1302),
        # Without the kind of animal, or without a hyphen.
        ("name", "let-7a", 7),
        ("name", "mir-9-1", 9),
        ("name", "mir21", 21),
        ("name", "dme-bantam", -1),
        ("name", "", -1),
        # A number that follows no kind of miRNA is none.
        ("name", "17-92", -1),
        ("accession", "MI0000062", 62),
        ("accession", "MIMAT0000062", 62),
        # The newest numbers are whole in single precision.
        ("accession", "MI0041082", 41082),
        ("accession", "MI9999999", 9999999),
        ("accession", "MI", -1),
        ("accession", "", -1),
        ("accession", "62", -1),
    ],
)
def test_the_number_in_a_field(field, text, expected):
    # The other field has another number.
    other = "name" if field == "accession" else "accession"
    view = record.View({"field": field}).compute_records(records(**{field: [text], other: ["hsa-mir-555"]}))
    assert view.values.tolist() == [[expected]]


def test_rows_keep_their_order():
    names = ["hsa-mir-30c-2", "hsa-let-7a-1", "hsa-bantam"]
    table = pd.DataFrame({"accession": ["MI3", "MI1", "MI2"], "name": names, "sequence": ["A"] * 3}, index=[5, 0, 9])
    for field, expected in (("name", [[30], [7], [-1]]), ("accession", [[3], [1], [2]])):
        view = record.View({"field": field}).compute_records(table)
        assert view.values.tolist() == expected
        assert view.values.dtype == np.float32 and view.lengths is None


@pytest.mark.parametrize(
    ("field", "sequence", "expected"),
    [
        ("length", "ACGUACGUAC", 10),
        ("length", "A", 1),
        ("length", "", 0),
        ("gc", "ACGU", 0.5),
        ("gc", "GGCC", 1),
        ("gc", "AUUA", 0),
        # Of all letters, also those that are no base: 3 of 8.
        ("gc", "GCGAAUNN", 3 / 8),
        ("gc", "", 0),
    ],
)
def test_the_number_of_a_sequence(field, sequence, expected):
    view = summary.View({"field": field}).compute([sequence, "GGGAA"])
    assert view.values == pytest.approx(np.array([[expected], [5 if field == "length" else 0.6]]))
    assert view.values.dtype == np.float32 and view.lengths is None
