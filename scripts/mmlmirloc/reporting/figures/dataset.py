"""What the figures of the dataset share."""

from collections.abc import Sequence

import pandas as pd

from mmlmirloc.errors import InputError


def check_locations(mirnas: pd.DataFrame, locations: Sequence[str]) -> list[str]:
    """Return ``locations`` as a list, when each has a column and there is something to draw."""
    missing = [location for location in locations if location not in mirnas.columns]
    if missing or not len(locations):
        raise InputError(
            f"The dataset has no column for the location {', '.join(missing)}" if missing else "No location is named",
            "the table of miRNAs",
            f"a 0/1 column per location (found: {', '.join(map(str, mirnas.columns))})",
            "name the locations as in the dataset table",
        )
    if mirnas.empty:
        raise InputError(
            "There is no miRNA to draw", "the table of miRNAs", "at least one row", "look at the counts of the dataset"
        )
    return list(locations)
