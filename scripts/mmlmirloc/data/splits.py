"""Splits: which rows test, which rows train, and the fold each training row validates, repeat by repeat."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.data.balance import assign_groups
from mmlmirloc.data.composition import compositions
from mmlmirloc.data.group_table import groups_of
from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table, write_table
from mmlmirloc.job import logger

TEXT = ["accession", "name", "sequence"]
ACCESSION = re.compile(r"([A-Za-z]+)(\d+)")
# The kind without test rows, and its one repeat that a model to predict with is trained on.
WHOLE, WHOLE_REPEAT = "whole", 1


def split_dataset(
    mirnas: str | Path,
    train: str | Path,
    test: str | Path,
    kind: str,
    locations: Sequence[str],
    test_size: float | int,
    folds: int,
    stratified: bool,
    labelling: str,
    seed: int,
    repeats: Sequence[int],
    groups: str | Path | None = None,
    composition: str | Path | None = None,
    train_share: float = 1.0,
) -> None:
    """Write the training rows with their fold, and the test rows, to separate files.

    Only the draw of the test rows looks at their labels; folds are made of the training rows alone.

    Parameters
    ----------
    mirnas : path
        The dataset: accession, name, sequence, one 0/1 column per location.
    train, test : path
        Outputs: repeat, accession, sequence, the locations; ``train`` also ``fold`` (0 .. folds - 1). The rows of one
        repeat after those of another.
    kind : str
        How test rows are drawn; one of :data:`KINDS`: ``random`` (the paper's II.B.2), ``matched`` (at random among
        the test parts with the label sets of the paper's Table II), ``grouped`` (homologs stay on one side, and in
        one fold), ``locus`` (so do neighbours in the genome), ``temporal`` (the newest accessions), ``whole`` (none is:
        all rows train, for a model to predict with).
    locations : sequence of str
        The location columns.
    test_size : float or int
        Below 1 the fraction of rows, rounded; otherwise the exact number (118 of 538 in the paper). 0 for ``whole``.
    folds : int
        Folds of the training part (10 in the paper).
    stratified : bool
        Folds by multi-label iterative stratification; else plain random.
    labelling : str
        One of :data:`LABELLINGS`: ``recorded``, or a control that replaces the labels before anything else:
        ``shuffled`` (label sets permuted over all rows, so that nothing can be learnt) or ``planted`` (labels that
        the sequence determines, :func:`planted_labels`, so that every learner of sequences has to find them).
    seed : int
        Together with the number of the repeat it gives the split.
    repeats : sequence of int
        Numbers of the repeats to write.
    groups : path, optional
        Needed by ``grouped`` and ``locus``: table of :func:`mmlmirloc.data.groups.group_homologs` or
        :func:`mmlmirloc.data.loci.group_loci`.
    composition : path, optional
        Needed by ``matched``: the paper's Table II, see :func:`compositions`.
    train_share : float
        Share of the training rows that are kept, drawn at random, for a learning curve.

    Raises
    ------
    InputError
        When the rows do not suffice for the test part or the folds, have no such label sets, no group, or accessions
        that cannot be ordered.
    """
    rows = read_table(mirnas, columns=[*TEXT, *locations], text=TEXT)
    homologs = None if groups is None else groups_of(rows["accession"], groups)
    parts = []
    for repeat in repeats:
        generator = np.random.default_rng([seed, repeat])
        labelled = LABELLINGS[labelling](rows, list(locations), generator)
        parts.append(
            _split(
                *(labelled, kind, list(locations), test_size, folds, stratified, generator),
                *(homologs, composition, train_share),
            )
        )
        logger.info("%s, repeat %d: %d training rows, %d test rows", kind, repeat, *map(len, parts[-1]))
    for output, tables in zip((train, test), zip(*parts)):
        write_table(
            pd.concat([table.assign(repeat=repeat) for repeat, table in zip(repeats, tables)])[
                ["repeat", *tables[0].columns]
            ],
            output,
        )


def _split(
    rows: pd.DataFrame,
    kind: str,
    locations: list[str],
    test_size: float | int,
    folds: int,
    stratified: bool,
    generator: np.random.Generator,
    homologs: np.ndarray | None,
    composition: str | Path | None,
    train_share: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the training rows with their fold, and the test rows, of one repeat."""
    tested = number_of_test_rows(len(rows), test_size, folds, kind)
    labels = rows[locations].to_numpy()
    is_test = KINDS[kind](Drawing(rows["accession"], labels, locations, tested, generator, homologs, composition, kind))
    columns = ["accession", "sequence", *locations]
    is_train = ~is_test
    if train_share < 1:
        left_out = generator.permutation(np.flatnonzero(is_train))[round(train_share * is_train.sum()) :]
        is_train[left_out] = False
        if is_train.sum() < 2 * folds:
            raise InputError(
                f"{is_train.sum()} training rows for {folds} folds",
                "config/config.yaml: splits",
                f"at least {2 * folds} training rows",
                "change train_share or folds",
            )
    training = rows.loc[is_train, columns].reset_index(drop=True)
    labels = training[locations].to_numpy()
    if kind in GROUPED:
        # Without locations, only the number of rows is balanced.
        balanced = labels if stratified else labels[:, :0]
        sizes = np.bincount(np.arange(len(training)) % folds)
        training["fold"] = assign_groups(balanced, homologs[is_train], sizes, generator)
    else:
        training["fold"] = fold_numbers(labels, folds, stratified, generator)
    return training, rows.loc[is_test, columns]


def shuffled_labels(rows: pd.DataFrame, locations: list[str], generator: np.random.Generator) -> pd.DataFrame:
    """Permute the label sets over the rows: whole sets, so that only their tie to the sequence is lost."""
    return rows.assign(**dict(zip(locations, rows[locations].to_numpy()[generator.permutation(len(rows))].T)))


def planted_labels(rows: pd.DataFrame, locations: list[str], generator: np.random.Generator) -> pd.DataFrame:
    """Give location i to the rows with the largest share of the i-th of the letters A, C, G and U, and so on in turn.

    As many rows as really have it, so that the control is as uneven as the records; equal shares in random order.
    """
    planted = {}
    for number, location in enumerate(locations):
        letter = "ACGU"[number % 4]
        share = np.array([sequence.count(letter) / len(sequence) for sequence in rows["sequence"]])
        order = np.lexsort([generator.permutation(len(rows)), -share])
        planted[location] = np.zeros(len(rows), dtype=int)
        planted[location][order[: int(rows[location].sum())]] = 1
    return rows.assign(**planted)


LABELLINGS = {
    "recorded": lambda rows, locations, generator: rows,
    "shuffled": shuffled_labels,
    "planted": planted_labels,
}


def number_of_test_rows(rows: int, test_size: float | int, folds: int, kind: str) -> int:
    """Turn ``test_size`` to a number of rows that leaves at least two training rows per fold."""
    tested = round(rows * test_size) if test_size < 1 else int(test_size)
    if (tested < 1) != (kind == WHOLE) or rows - tested < 2 * folds:
        raise InputError(
            f"{tested} test rows of {rows} leave {rows - tested} training rows for {folds} folds",
            "config/config.yaml: splits",
            f"{'no test row and at least' if kind == WHOLE else 'at least 1 test row and'} {2 * folds} training rows",
            "change test_size or folds, or check why the dataset is so small (dataset/dropped_rows.tsv)",
        )
    return tested


@dataclass(frozen=True)
class Drawing:
    """What a kind of split may look at when it draws test rows.

    ``accessions`` and ``groups`` have shape (n,), ``labels`` (n, locations); ``groups`` and ``composition`` are None
    where the kind does not need them.
    """

    accessions: pd.Series
    labels: np.ndarray
    locations: list[str]
    tested: int
    generator: np.random.Generator
    groups: np.ndarray | None
    composition: str | Path | None
    kind: str


def draw_random(drawing: Drawing) -> np.ndarray:
    """Mark ``tested`` rows drawn without replacement (the paper's II.B.2)."""
    chosen = drawing.generator.choice(len(drawing.labels), size=drawing.tested, replace=False)
    return _marked(chosen, drawing)


def draw_matched(drawing: Drawing) -> np.ndarray:
    """Mark rows at random whose label sets are composed as those of the paper's test part (Table II).

    The table leaves open some numbers of label sets. Our choice: every set of test rows that agrees with the table is
    equally likely, so that a composition is drawn in proportion to the number of ways to take it from the rows.

    Raises
    ------
    InputError
        When ``tested`` is not the table's number of rows, or the rows cannot give any composition.
    """
    found = compositions(_given(drawing.composition, "composition", "matched"), drawing.locations)
    total = sum(found[0].values())
    if drawing.tested != total:
        raise InputError(
            f"A matched split tests {total} rows, not {drawing.tested}",
            "config/config.yaml: splits",
            f"test_size: {total}, as in {drawing.composition}",
            "set test_size of the split",
        )
    rows = {
        members: np.flatnonzero((drawing.labels == _indicator(members, drawing)).all(axis=1)) for members in found[0]
    }
    ways = [math.prod(math.comb(len(rows[members]), count) for members, count in one.items()) for one in found]
    if not any(ways):
        raise _infeasible(found, {members: len(own) for members, own in rows.items()}, drawing)
    taken = found[drawing.generator.choice(len(found), p=[number / sum(ways) for number in ways])]
    chosen = [drawing.generator.choice(rows[members], size=count, replace=False) for members, count in taken.items()]
    return _marked(np.concatenate(chosen), drawing)


def draw_grouped(drawing: Drawing) -> np.ndarray:
    """Mark about ``tested`` rows, whole groups with their share of each location."""
    groups = _given(drawing.groups, "groups", drawing.kind)
    sizes = [drawing.tested, len(drawing.labels) - drawing.tested]
    return assign_groups(drawing.labels, groups, sizes, drawing.generator) == 0


def draw_temporal(drawing: Drawing) -> np.ndarray:
    """Mark the newest rows: miRBase gives accessions in the order of submission, so the highest numbers.

    Raises
    ------
    InputError
        When accessions have no number, or are of two series (MI and MIMAT), whose numbers do not compare.
    """
    matches = [ACCESSION.fullmatch(accession) for accession in drawing.accessions]
    if not all(matches) or len({match[1] for match in matches}) > 1:
        raise InputError(
            "The accessions cannot be ordered in time",
            "config/config.yaml: splits",
            "accessions of one series, such as MI0000060 (hairpins)",
            "use another kind of split, or dataset.molecule: hairpin",
        )
    age = np.argsort([int(match[2]) for match in matches], kind="stable")
    return _marked(age[-drawing.tested :], drawing)


def draw_none(drawing: Drawing) -> np.ndarray:
    """Mark no row."""
    return np.zeros(len(drawing.labels), dtype=bool)


# The kinds that keep groups together, each with the file of its groups beside the dataset.
GROUPED = {"grouped": "groups.tsv", "locus": "loci.tsv"}
KINDS = {
    "random": draw_random,
    "matched": draw_matched,
    **dict.fromkeys(GROUPED, draw_grouped),
    "temporal": draw_temporal,
    WHOLE: draw_none,
}


def _infeasible(found: list, available: Mapping, drawing: Drawing) -> InputError:
    def missing(one):
        return {members: count for members, count in one.items() if count > available[members]}

    nearest = min(
        (missing(one) for one in found),
        key=lambda lack: sum(count - available[members] for members, count in lack.items()),
    )
    lacks = "; ".join(
        f"{'+'.join(drawing.locations[place] for place in members)}: {count} wanted, {available[members]} there"
        for members, count in nearest.items()
    )
    return InputError(
        f"The dataset has too few rows for the label sets of the paper's test part ({lacks})",
        drawing.composition,
        f"rows for one of the {len(found)} compositions that agree with the table; the nearest is shown",
        "a matched split is for the paper's records (RNALocate v2.0); take another kind of split for these",
    )


def fold_numbers(labels: np.ndarray, folds: int, stratified: bool, generator: np.random.Generator) -> np.ndarray:
    """Return the fold of each row, shape (n,).

    Parameters
    ----------
    labels : numpy.ndarray
        Shape (n, locations), 0 or 1.
    folds : int
        Number of folds.
    stratified : bool
        Iterative stratification over labels (Sechidis et al. 2011), of a single location by its two classes; else a
        random partition into equal parts.
    generator : numpy.random.Generator
        Source of randomness.
    """
    if not stratified:
        return generator.permutation(np.arange(len(labels)) % folds)
    chosen = {"n_splits": folds, "shuffle": True, "random_state": int(generator.integers(2**31))}
    if labels.shape[1] == 1:
        # The stratification of several labels refuses a single one.
        from sklearn.model_selection import StratifiedKFold

        splitter = StratifiedKFold(**chosen)
    else:
        from iterstrat.ml_stratifiers import MultilabelStratifiedKFold

        splitter = MultilabelStratifiedKFold(**chosen)
    fold = np.empty(len(labels), dtype=int)
    for number, (_, validated) in enumerate(splitter.split(labels, labels)):
        fold[validated] = number
    return fold


def _marked(chosen: np.ndarray, drawing: Drawing) -> np.ndarray:
    is_test = np.zeros(len(drawing.labels), dtype=bool)
    is_test[chosen] = True
    return is_test


def _indicator(members: tuple[int, ...], drawing: Drawing) -> np.ndarray:
    return np.isin(np.arange(len(drawing.locations)), members).astype(int)


def _given(value, name: str, kind: str):
    if value is None:
        raise InputError(
            f"A split of the kind {kind} needs {name}",
            "config/config.yaml: splits",
            f"the argument {name} of split_dataset",
            "give its path",
        )
    return value
