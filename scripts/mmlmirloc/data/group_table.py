"""The homology group of rows, read back from the table of groups."""

from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table


def groups_of(accessions: pd.Series, groups: str | Path) -> np.ndarray:
    """Return the homology group of each row, shape (n,).

    Raises
    ------
    InputError
        When a row has no group.
    """
    table = read_table(groups, columns=["accession", "group"], text=["accession"])
    found = accessions.map(table.set_index("accession")["group"])
    if found.isna().any():
        lost = accessions[found.isna()]
        raise InputError(
            f"{len(lost)} rows have no homology group, such as {lost.iloc[0]}",
            groups,
            "a group for each row of the dataset",
            "delete the file and run the same command again",
        )
    return found.to_numpy()
