"""Which label sets the paper's tables of counts leave possible."""

from collections.abc import Sequence
from itertools import combinations, product
from pathlib import Path

from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table


def compositions(table: str | Path, locations: Sequence[str]) -> list[dict[tuple[int, ...], int]]:
    """Return every composition of label sets that agrees with a table of the paper's form.

    Parameters
    ----------
    table : path
        TSV (Tables I and II): location, count, and in ``held_<k>`` the rows with this and k - 1 further locations.
    locations : sequence of str
        The locations, in the order of the labels.

    Returns
    -------
    list of dict
        Positions of the locations in a set -> number of rows with exactly that set, zeros included. The paper's
        Table II has 6 compositions, its Table I 15.

    Raises
    ------
    InputError
        When the table is of other locations, or no composition agrees with it.
    """
    sizes = range(1, len(locations) + 1)
    columns = ["location", "count", *(f"held_{size}" for size in sizes)]
    rows = read_table(table, columns=columns, text=["location"]).set_index("location")
    expected, hint = (
        f"the locations {', '.join(locations)}",
        "compare dataset.locations; a matched split needs the paper's",
    )
    if sorted(rows.index) != sorted(locations):
        raise InputError(f"The paper's table is of the locations {', '.join(rows.index)}", table, expected, hint)
    held = rows.loc[list(locations)]
    by_size = []
    for size in sizes:
        sets = list(combinations(range(len(locations)), size))
        by_size.append([dict(zip(sets, way)) for way in _ways(held[f"held_{size}"].tolist(), sets)])
    found = [{key: count for part in parts for key, count in part.items()} for parts in product(*by_size)]
    if not found or (held["count"] != held[columns[2:]].sum(axis=1)).any():
        raise InputError("No label sets agree with a table", table, "counts as in the paper", "restore the file")
    return found


def _ways(held: Sequence[int], sets: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """All ways to give each set a number of rows, so that each location is in ``held`` rows."""
    if any(count and not any(location in members for members in sets) for location, count in enumerate(held)):
        return []
    if not sets:
        return [()]
    found = []
    for count in range(int(min(held[location] for location in sets[0])) + 1):
        left = [number - count * (location in sets[0]) for location, number in enumerate(held)]
        found += [(count, *way) for way in _ways(left, sets[1:])]
    return found
