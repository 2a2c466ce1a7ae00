"""A labelled table of a user's own: RNAs with their sequence and the locations in which each was found."""

import re
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from mmlmirloc.sources import annotation
from mmlmirloc.sources.problem import Problem
from mmlmirloc.sources.text import read_source

ID, SEQUENCE, JOINED = "id", "sequence", "locations"
SPLIT, FOLD, GROUP = "split", "fold", "group"
SIDES = ("train", "test")
# What the config says of rows that have one sequence and other locations; the alternative refuses them.
KEEP = "keep"
# Columns with a meaning of their own; in a table with a column for each location, every other column is a location.
NAMED = (ID, SEQUENCE, "name", JOINED, SPLIT, FOLD, GROUP)
# Columns of the workflow's own tables, which no location can be called by.
TAKEN = (*NAMED, "accession", "repeat", "all")
# As the config's schema has it: constants join locations by +.
LOCATION = re.compile(r"[^\s,;+|](?:[^\t\n,;+|]*[^\s,;+|])?")
BETWEEN = re.compile(r"[;|]")
LABELS = {"0": 0, "1": 1, "0.0": 0, "1.0": 1}
IUPAC = set("ACGUNRYWKMSBDHV")
# Shorter ones have no words to count.
SHORTEST = 10
# Of fewer rows neither a measure nor an epoch can be told.
SMALLEST = 5
ADVICE = "correct the table"


class Labelled(NamedTuple):
    """A labelled table."""

    rows: pd.DataFrame
    """accession (the table's id), name, sequence (RNA), a 0/1 column for each location; sorted by accession."""
    locations: list[str]
    """In the table's order; those of joined names in that of the alphabet."""
    sides: pd.Series | None
    """``train`` or ``test`` for each row, where the table has a column ``split``."""
    folds: pd.Series | None
    """The number of each row's fold, from 0, where the table has a column ``fold``; -1 for a row without one."""
    groups: pd.Series | None
    """The group of each row, empty where it is alone, where the table has a column ``group``."""
    unread: list[str]
    """Columns that nothing is taken from."""


def read(path: str | Path, keep_conflicting: bool = False) -> Labelled:
    """Read a labelled table: TSV or CSV, plain or packed, in any encoding that sources may have.

    It has the columns ``id`` and ``sequence``, and either a 0/1 column for each location, or a column ``locations`` of
    names joined by ``;`` or ``|``. It may have ``name``, ``split`` (train or test), ``fold`` and ``group``.

    Parameters
    ----------
    path : path
        The table.
    keep_conflicting : bool
        Whether rows that have one sequence and other locations are kept, and not refused.

    Raises
    ------
    InputError
        When the file cannot be read, or is no such table; one message for each kind of fault.
    """
    return read_source(path, partial(parse, keep_conflicting=keep_conflicting))


def check(text: str) -> None:
    """Raise a :class:`Problem` where :func:`read` would that keeps conflicting rows."""
    parse(text, keep_conflicting=True)


def parse(text: str, keep_conflicting: bool) -> Labelled:
    """Return the table of the file's content; a :class:`Problem` says why it cannot be read."""
    table = annotation.parse(text, header=True)
    table = table.rename(columns={name: name.lower() for name in table.columns if name.lower() in NAMED})
    twice = table.columns[table.columns.duplicated()]
    if len(twice):
        raise Problem(
            f"Two columns have the name '{twice[0]}'",
            "a name of its own for each column; small and capital letters count as the same",
            "rename one, or remove it",
        )
    for column in (ID, SEQUENCE):
        if column not in table.columns:
            raise Problem(
                f"The labelled table has no column '{column}'",
                f"columns {ID}, {SEQUENCE} and the locations (found: {', '.join(table.columns)[:300]})",
                f"name the column '{column}' in the first line",
            )
    table.index = pd.Index(range(2, len(table) + 2), name="line")
    labels = _joined_labels(table) if JOINED in table.columns else _label_columns(table)
    _check_names(list(labels.columns))
    _check_ids(table[ID])
    sequences = table[SEQUENCE].str.replace(r"\s", "", regex=True).str.upper().str.replace("T", "U")
    _check_sequences(table[ID], sequences)
    if not keep_conflicting:
        _check_repeated(table[ID], sequences, labels)
    _check_labels(labels)
    columns = {"accession": table[ID], "name": table.get("name", table[ID]).where(lambda name: name != "", table[ID])}
    rows = pd.DataFrame({**columns, "sequence": sequences, **labels})
    order = rows["accession"].argsort(kind="stable")
    unread = [name for name in table.columns if name not in NAMED and name not in labels.columns]
    sides = _sides(table)
    parts = (_sorted(column, order) for column in (sides, _folds(table, sides), table.get(GROUP)))
    return Labelled(rows.iloc[order].reset_index(drop=True), list(labels.columns), *parts, unread)


def _sorted(column: pd.Series | None, order: pd.Series) -> pd.Series | None:
    return None if column is None else column.iloc[order].reset_index(drop=True)


def _joined_labels(table: pd.DataFrame) -> pd.DataFrame:
    found = [{part.strip() for part in BETWEEN.split(cell) if part.strip()} for cell in table[JOINED]]
    names = sorted(set().union(*found))
    return pd.DataFrame({name: [int(name in one) for one in found] for name in names}, index=table.index)


def _label_columns(table: pd.DataFrame) -> pd.DataFrame:
    names = [name for name in table.columns if name not in NAMED]
    for name in names:
        wrong = table[name][~table[name].isin(LABELS)]
        if len(wrong):
            raise Problem(
                f"The column '{name}' holds '{wrong.iloc[0][:40]}' (line {wrong.index[0]})",
                "0 or 1 in each column of a location",
                f"{ADVICE}, or remove the column where it is no location; columns that may stand beside the locations "
                f"are {', '.join(NAMED)}",
            )
    return pd.DataFrame({name: table[name].map(LABELS) for name in names}, index=table.index)


def _check_names(locations: list[str]) -> None:
    if not locations:
        raise Problem(
            "The labelled table has no location",
            f"a 0/1 column for each location, or a column '{JOINED}' of names joined by ; or |",
            "add them",
        )
    for name in locations:
        if name.lower() in TAKEN:
            raise Problem(
                f"A location is called '{name}', as a column of the workflow's tables is",
                f"a name other than {', '.join(TAKEN)}",
                "give the location another name",
            )
        if not LOCATION.fullmatch(name):
            raise Problem(
                f"'{name[:60]}' cannot be the name of a location",
                "a plain word or several, without , ; + and |",
                "give the location another name",
            )


def _check_ids(ids: pd.Series) -> None:
    if (ids == "").any():
        raise Problem(
            f"A row has no id (line {ids.index[ids == ''][0]})", "an id of its own for each row", "give it one"
        )
    twice = ids[ids.duplicated(keep=False)]
    if len(twice):
        lines = twice.index[twice == twice.iloc[0]]
        raise Problem(
            f"The id '{twice.iloc[0]}' stands in lines {', '.join(map(str, lines[:5]))}",
            "an id of its own for each row",
            "rename one, or keep one row with all its locations",
        )


def _check_sequences(ids: pd.Series, sequences: pd.Series) -> None:
    for line, sequence in sequences.items():
        foreign = sorted(set(sequence) - IUPAC)
        if foreign:
            raise Problem(
                f"The sequence of '{ids[line]}' holds letters that no RNA has: {' '.join(foreign[:10])} (line {line})",
                "A, C, G, U or T, and the IUPAC codes of several bases",
                ADVICE,
            )
        if len(sequence) < SHORTEST:
            raise Problem(
                f"The sequence of '{ids[line]}' has {len(sequence)} bases (line {line})",
                f"at least {SHORTEST} bases",
                "give its sequence, or remove the row",
            )


def _check_repeated(ids: pd.Series, sequences: pd.Series, labels: pd.DataFrame) -> None:
    repeated = sequences[sequences.duplicated(keep=False)]
    for _, part in labels.loc[repeated.index].groupby(repeated, sort=False):
        if len(part.drop_duplicates()) > 1:
            first, second = part.index[0], (part != part.iloc[0]).any(axis=1).idxmax()
            raise Problem(
                f"'{ids[first]}' and '{ids[second]}' have the same sequence and other locations (lines {first} and "
                f"{second})",
                "the same locations wherever a sequence stands",
                "keep one row with the locations of all, or keep both with dataset.conflicting: keep in the config",
            )


def _check_labels(labels: pd.DataFrame) -> None:
    for name, column in labels.items():
        if column.nunique() == 1:
            said = "always" if column.iloc[0] else "never"
            raise Problem(
                f"The location '{name}' is {said} recorded",
                "rows with each location and rows without it",
                "remove the location, or add rows",
            )


def _sides(table: pd.DataFrame) -> pd.Series | None:
    if SPLIT not in table.columns:
        return None
    sides = table[SPLIT].str.lower()
    wrong = sides[~sides.isin(SIDES)]
    if len(wrong):
        raise Problem(
            f"The column '{SPLIT}' holds '{table.at[wrong.index[0], SPLIT][:40]}' (line {wrong.index[0]})",
            f"{' or '.join(SIDES)} in each row",
            f"{ADVICE}, or remove the column",
        )
    if sides.nunique() == 1:
        raise Problem(
            f"All rows of the column '{SPLIT}' are '{sides.iloc[0]}'",
            "rows to train on and rows to test on",
            f"{ADVICE}, or remove the column",
        )
    return sides


def _folds(table: pd.DataFrame, sides: pd.Series | None) -> pd.Series | None:
    """Number the folds from 0 in the order of their names; a test row has -1."""
    if FOLD not in table.columns:
        return None
    trained = pd.Series(True, index=table.index) if sides is None else sides == SIDES[0]
    names = table.loc[trained, FOLD]
    _check_folds(names)
    # 10 comes after 9.
    ordered = sorted(names.unique(), key=lambda name: (not name.isdecimal(), len(name) * name.isdecimal(), name))
    return names.map({name: number for number, name in enumerate(ordered)}).reindex(table.index, fill_value=-1)


def _check_folds(names: pd.Series) -> None:
    """Refuse names that are none, that mean one fold or a side of a split, and folds of next to no rows."""
    advice = f"{ADVICE}, or remove the column"
    lacking = names.index[names.str.lower().isin((*annotation.UNKNOWN, "-1"))]
    if len(lacking):
        raise Problem(
            f"A row has no fold (line {lacking[0]})",
            f"the name of a fold in the column '{FOLD}' of each row that is trained on",
            advice,
        )
    sides = names.index[names.str.lower().isin(("train", "test", "valid", "validation", "holdout"))]
    if len(sides):
        raise Problem(
            f"The column '{FOLD}' holds '{names[sides[0]]}' (line {sides[0]})",
            "names of folds, each of which is tested",
            f"say in a column '{SPLIT}' which rows train and which are tested",
        )
    spellings: dict[str, str] = {}
    for name in names.unique():
        same = spellings.setdefault(re.sub(r"^0+(?=\d)|\.0+$", "", name.lower()), name)
        if same != name:
            raise Problem(f"The column '{FOLD}' holds '{same}' and '{name}'", "one name for each fold", advice)
    if names.nunique() == 1:
        raise Problem(
            f"All rows of the column '{FOLD}' are of the fold '{names.iloc[0]}'", "at least two folds", advice
        )
    sizes = names.value_counts()
    if sizes.min() < SMALLEST:
        raise Problem(
            f"The fold '{sizes.idxmin()}' has {sizes.min()} rows (the column '{FOLD}' holds {len(sizes)} names)",
            f"at least {SMALLEST} rows in each fold",
            f"{ADVICE}, or remove the column, or rename it where it holds something else",
        )
