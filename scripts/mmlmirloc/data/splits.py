"""Splits: which rows test, which rows train, and the fold each training row validates."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table, write_table

TEXT = ["accession", "name", "sequence"]


def split_dataset(
    mirnas: str | Path,
    train: str | Path,
    test: str | Path,
    kind: str,
    locations: Sequence[str],
    test_size: float | int,
    folds: int,
    stratified: bool,
    shuffle_labels: bool,
    seed: int,
    repeat: int,
) -> None:
    """Write the training rows with their fold, and the test rows, to separate files.

    Parameters
    ----------
    mirnas : path
        The dataset: accession, name, sequence, one 0/1 column per location.
    train, test : path
        Outputs: accession, sequence, the locations; ``train`` also ``fold`` (0 .. folds - 1).
    kind : str
        How test rows are drawn; one of :data:`KINDS`.
    locations : sequence of str
        The location columns.
    test_size : float or int
        Below 1 the fraction of rows, rounded; otherwise the exact number (118 of 538 in the paper).
    folds : int
        Folds of the training part (10 in the paper).
    stratified : bool
        Folds by multi-label iterative stratification; else plain random.
    shuffle_labels : bool
        A control: the label sets are permuted over all rows before anything else, so nothing can be learnt.
    seed, repeat : int
        The same pair gives the same split; another repeat another one.

    Raises
    ------
    InputError
        When the rows do not suffice for the test part or the folds.
    """
    rows = read_table(mirnas, columns=[*TEXT, *locations], text=TEXT)
    locations = list(locations)
    generator = np.random.default_rng([seed, repeat])
    if shuffle_labels:
        rows[locations] = rows[locations].to_numpy()[generator.permutation(len(rows))]
    tested = number_of_test_rows(len(rows), test_size, folds)
    is_test = KINDS[kind](rows, tested, generator)
    columns = ["accession", "sequence", *locations]
    training = rows.loc[~is_test, columns].reset_index(drop=True)
    training["fold"] = fold_numbers(training[locations].to_numpy(), folds, stratified, generator)
    write_table(training, train)
    write_table(rows.loc[is_test, columns], test)


def number_of_test_rows(rows: int, test_size: float | int, folds: int) -> int:
    """Turn ``test_size`` to a number of rows that leaves at least two training rows per fold."""
    tested = round(rows * test_size) if test_size < 1 else int(test_size)
    if tested < 1 or rows - tested < 2 * folds:
        raise InputError(
            f"{tested} test rows of {rows} leave {rows - tested} training rows for {folds} folds",
            "config/config.yaml: splits",
            f"at least 1 test row and {2 * folds} training rows",
            "change test_size or folds, or check why the dataset is so small (dataset/dropped_rows.tsv)",
        )
    return tested


def draw_random(rows: pd.DataFrame, tested: int, generator: np.random.Generator) -> np.ndarray:
    """Mark ``tested`` rows drawn without replacement (the paper's II.B.2)."""
    is_test = np.zeros(len(rows), dtype=bool)
    is_test[generator.choice(len(rows), size=tested, replace=False)] = True
    return is_test


KINDS = {"random": draw_random}


def fold_numbers(labels: np.ndarray, folds: int, stratified: bool, generator: np.random.Generator) -> np.ndarray:
    """Return the fold of each row, shape (n,).

    Parameters
    ----------
    labels : numpy.ndarray
        Shape (n, locations), 0 or 1.
    folds : int
        Number of folds.
    stratified : bool
        Iterative stratification over labels (Sechidis et al. 2011), else a random partition into equal parts.
    generator : numpy.random.Generator
        Source of randomness.
    """
    if not stratified:
        return generator.permutation(np.arange(len(labels)) % folds)
    from iterstrat.ml_stratifiers import MultilabelStratifiedKFold

    splitter = MultilabelStratifiedKFold(n_splits=folds, shuffle=True, random_state=int(generator.integers(2**31)))
    fold = np.empty(len(labels), dtype=int)
    for number, (_, validated) in enumerate(splitter.split(labels, labels)):
        fold[validated] = number
    return fold
