"""The dataset of a labelled table: its rows as they are, their homology groups, and its own split."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.data.groups import components, hits, shared
from mmlmirloc.data.overlap import overlap
from mmlmirloc.data.splits import TEXT, fold_numbers
from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table, write_table
from mmlmirloc.job import logger
from mmlmirloc.sources.labelled import FOLD, GROUP, SPLIT, read

# Longest mature sequence: up to it two rows with one seed (bases 2 to 8) are homologs.
MATURE = 30
# Bases from which on a sequence that lies in another is found by aligning the two.
ALIGNED = 18


def write_dataset(
    table: str | Path, sequenced: Path, mirnas: Path, given: Path, minimum_count: int, keep_conflicting: bool
) -> None:
    """Write the rows of a labelled table in the layout of the dataset.

    No row is left out, neither what resembles another nor what has no location: the table is the user's own.

    Parameters
    ----------
    table : path
        The labelled table, see :func:`mmlmirloc.sources.labelled.read`.
    sequenced, mirnas : Path
        Outputs, as of :func:`mmlmirloc.data.sequences.join_sequences` and
        :func:`mmlmirloc.data.dataset.build_dataset`; the accession is the table's id.
    given : Path
        Output: accession, and ``split``, ``fold`` and ``group`` where the table has them.
    minimum_count : int
        The least number of rows a location must have, and must lack.
    keep_conflicting : bool
        Whether rows that have one sequence and other locations are kept, and not refused.

    Raises
    ------
    InputError
        When it is no labelled table, or a location has too few rows.
    """
    labelled = read(table, keep_conflicting)
    rows, labels = labelled.rows, labelled.rows[labelled.locations]
    if labelled.unread:
        logger.info("Columns that nothing is taken from: %s", ", ".join(labelled.unread))
    rarer = np.minimum(labels.sum(), len(labels) - labels.sum())
    if (rarer < minimum_count).any():
        listed = ", ".join(f"{name} {labels[name].sum()}" for name in labelled.locations)
        raise InputError(
            f"Fewer than {minimum_count} rows have, or fewer lack, the location {rarer.idxmin()} "
            f"({len(labels)} rows: {listed})",
            table,
            f"at least {minimum_count} rows with each location and without it",
            "remove the location from the table, add rows, or lower dataset.minimum_count in the config",
        )
    repeated = int(rows["sequence"].duplicated().sum())
    if repeated:
        logger.warning("%d rows have the sequence of another: under random they may stand on both sides", repeated)
    logger.info("%d rows: %s", len(rows), ", ".join(f"{name} {count}" for name, count in labels.sum().items()))
    joined = [";".join(sorted(labels.columns[row == 1])) for row in labels.to_numpy()]
    columns = ["accession", "name", "molecule", "sequence", "locations"]
    write_table(rows.assign(molecule="", locations=joined)[columns], sequenced)
    write_table(rows, mirnas)
    optional = {SPLIT: labelled.sides, FOLD: labelled.folds, GROUP: labelled.groups}
    kept = {name: column for name, column in optional.items() if column is not None}
    write_table(pd.DataFrame({"accession": rows["accession"], **kept}), given)


def group_rows(mirnas: str | Path, given: str | Path, output: Path) -> None:
    """Write the homology group of each row, by sequence alone unless the table gives the groups.

    Two rows are homologs when their sequences align as those of :func:`mmlmirloc.data.groups.hits` do, when one lies in
    the other, or when both are as short as mature miRNAs and share a seed. A group that the table gives is taken as it
    is; a row with an empty one is alone.

    Parameters
    ----------
    mirnas, given : path
        Of :func:`write_dataset`.
    output : Path
        As of :func:`mmlmirloc.data.groups.group_homologs`.
    """
    rows = read_table(mirnas, columns=TEXT, text=TEXT)
    groups = read_table(given, text=["accession", GROUP]).get(GROUP)
    if groups is not None:
        links = shared([[group] if group else [] for group in groups])
    else:
        sequences = rows["sequence"].tolist()
        seeds = [[sequence[1:8]] if len(sequence) <= MATURE else [] for sequence in sequences]
        links = [*hits(sequences), *lying_inside(sequences), *shared(seeds)]
    group = components(len(rows), links)
    size = np.bincount(group)
    logger.info("%d rows in %d homology groups, the largest of %d rows", len(rows), len(size), size.max())
    write_table(pd.DataFrame({"accession": rows["accession"], "group": group, "size": size[group]}), output)


def lying_inside(sequences: Sequence[str]) -> list[tuple[int, int]]:
    """Return the pairs of a sequence too short to be aligned and one that it lies in."""
    short = [number for number, sequence in enumerate(sequences) if len(sequence) < ALIGNED]
    return [(i, j) for i in short for j, other in enumerate(sequences) if i != j and sequences[i] in other]


def split_as_given(
    mirnas: str | Path,
    given: str | Path,
    train: str | Path,
    test: str | Path,
    locations: Sequence[str],
    repeats: Sequence[int],
    folds: int,
    stratified: bool,
    seed: int,
) -> None:
    """Write the training rows with their fold, and the test rows, as the table divides them.

    With a column ``split`` there is one repeat; a column ``fold`` then gives the folds of the training rows. With
    ``fold`` alone each of its folds is tested once: repeat r tests fold r - 1, and the others are trained on.

    Parameters
    ----------
    mirnas, given : path
        Of :func:`write_dataset`, from a table with a column ``split`` or ``fold``.
    train, test : path
        Outputs, as of :func:`mmlmirloc.data.splits.split_dataset`.
    locations : sequence of str
        The location columns.
    repeats : sequence of int
        The repeats to write.
    folds : int
        Folds of the training rows, where the table does not give them.
    stratified : bool
        Folds as of :func:`mmlmirloc.data.splits.fold_numbers`.
    seed : int
        Of the folds; that of repeat r is [seed, r].

    Raises
    ------
    InputError
        When too few rows train, or none with one of the locations.
    """
    rows = read_table(mirnas, columns=[*TEXT, *locations], text=TEXT)
    columns = ["accession", "sequence", *locations]
    divided = read_table(given, text=["accession", SPLIT])
    written = []
    for repeat in repeats:
        tested = divided[SPLIT] == "test" if SPLIT in divided else divided[FOLD] == repeat - 1
        training, testing = (rows.loc[part.to_numpy(), columns].copy() for part in (~tested, tested))
        _check_locations(training[list(locations)], testing[list(locations)], repeat)
        if SPLIT in divided and FOLD in divided:
            training["fold"] = divided.loc[~tested, FOLD].to_numpy()
        else:
            training["fold"] = _drawn_folds(training[list(locations)].to_numpy(), folds, stratified, [seed, repeat])
        touching = overlap(testing["sequence"].tolist(), training["sequence"])["any"].sum()
        message = "%d training rows, %d test rows, %d of these identical to, inside of or around a training row"
        logger.info(message, len(training), len(testing), touching)
        written.append([part.assign(repeat=repeat) for part in (training, testing)])
    for output, parts in zip((train, test), zip(*written), strict=True):
        table = pd.concat(parts)
        write_table(table[["repeat", *table.columns.drop("repeat")]], output)


def _check_locations(training: pd.DataFrame, testing: pd.DataFrame, repeat: int) -> None:
    """Refuse training rows without a location, and tell where test rows have none of it."""
    for name in training:
        if not training[name].any():
            raise InputError(
                f"No training row has the location {name} (repeat {repeat} of the table's division)",
                "the column split or fold of the labelled table",
                "rows with each location among those that are trained on",
                "divide the table in another way, or remove the location",
            )
        if testing[name].nunique() < 2:
            have = "every" if testing[name].all() else "no"
            logger.warning("%s test row of repeat %d has the location %s: it has no AUC there", have, repeat, name)


def _drawn_folds(labels: np.ndarray, folds: int, stratified: bool, seed: list[int]) -> np.ndarray:
    if len(labels) < 2 * folds:
        raise InputError(
            f"The table gives {len(labels)} training rows for {folds} folds",
            "config: splits",
            f"at least {2 * folds} training rows",
            "lower the folds of the split",
        )
    return fold_numbers(labels, folds, stratified, np.random.default_rng(seed))
