"""The homology group of each row, read back."""

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.data.group_table import groups_of
from mmlmirloc.errors import InputError


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "groups.tsv"
    # As group_homologs writes it: with a column more, and in another order than the rows asked for.
    path.write_text("accession\tgroup\tsize\nMI0000003\t1\t1\nMI0000001\t0\t2\nMI0000002\t0\t2\n")
    return path


@pytest.mark.parametrize(
    ("accessions", "expected"),
    [
        (["MI0000001", "MI0000002", "MI0000003"], [0, 0, 1]),
        (["MI0000003", "MI0000001"], [1, 0]),
        (["MI0000002", "MI0000003", "MI0000002"], [0, 1, 0]),
        ([], []),
    ],
)
def test_groups_stand_in_the_order_of_the_rows(table, accessions, expected):
    # Rows of a part of the dataset keep its index, which must not matter.
    found = groups_of(pd.Series(accessions, index=np.arange(len(accessions))[::-1] + 7, dtype=str), table)
    assert isinstance(found, np.ndarray) and found.tolist() == expected


def test_groups_may_have_names_and_accessions_may_be_numbers(tmp_path):
    path = tmp_path / "groups.tsv"
    # Leading zeros are part of an accession.
    path.write_text("accession\tgroup\n007\tlet-7\n7\tmir-7\n")
    assert groups_of(pd.Series(["7", "007"]), path).tolist() == ["mir-7", "let-7"]


@pytest.mark.parametrize(
    ("accessions", "message"),
    [
        (["MI0000001", "MI0000009", "MI0000008"], "2 rows have no homology group, such as MI0000009"),
        (["mi0000001"], "1 rows have no homology group, such as mi0000001"),
        ([""], "1 rows have no homology group"),
    ],
)
def test_a_row_without_a_group_is_named(table, accessions, message):
    with pytest.raises(InputError, match=message) as caught:
        groups_of(pd.Series(accessions), table)
    assert caught.value.where == str(table)


def test_an_empty_group_is_none(table):
    table.write_text("accession\tgroup\nMI0000001\t0\nMI0000002\t\n")
    with pytest.raises(InputError, match="1 rows have no homology group, such as MI0000002"):
        groups_of(pd.Series(["MI0000001", "MI0000002"]), table)


def test_a_table_without_groups_is_refused(tmp_path, table):
    table.write_text("accession\tsize\nMI0000001\t2\n")
    with pytest.raises(InputError, match="A table has no column group"):
        groups_of(pd.Series(["MI0000001"]), table)
    with pytest.raises(InputError, match="A table is missing"):
        groups_of(pd.Series(["MI0000001"]), tmp_path / "lost.tsv")
