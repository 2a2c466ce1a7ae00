"""Whole groups to parts of wanted sizes, with balanced locations."""

from collections.abc import Sequence

import numpy as np

from mmlmirloc.errors import InputError


def assign_groups(
    labels: np.ndarray, groups: np.ndarray, sizes: Sequence[int], generator: np.random.Generator
) -> np.ndarray:
    """Return the part of each row, shape (n,): whole groups, each part with its share of each location.

    Iterative stratification (Sechidis et al. 2011) with groups in the place of rows: groups with the rarest location
    that is left are assigned first, in random order, each to the part that wants that location most, among the parts
    that have room for it. Ours: the room, the largest groups first where parts are alike (folds), that the part with
    most room wins among equals, and that a location which most rows have is balanced by the rows that lack it.

    Parameters
    ----------
    labels : numpy.ndarray
        Shape (n, locations), 0 or 1.
    groups : numpy.ndarray
        Shape (n,), the group of each row.
    sizes : sequence of int
        Wanted rows of each part; they sum to n. What is reached differs where groups do not fit.
    generator : numpy.random.Generator
        Source of randomness.

    Raises
    ------
    InputError
        When a part gets no group.
    """
    names, group = np.unique(groups, return_inverse=True)
    # A location that most rows have is balanced by the rows that lack it: they are the ones that can run out.
    rare = np.where(labels.mean(axis=0) > 0.5, 1 - labels, labels)
    # The last column counts rows, as if they were a location that every row has.
    columns = np.column_stack([rare, np.ones(len(labels), dtype=int)])
    held = np.zeros((len(names), columns.shape[1]), dtype=int)
    np.add.at(held, group, columns)
    wanted = np.outer(sizes, columns.mean(axis=0))
    waiting, parts = generator.permutation(len(names)), generator.permutation(len(sizes))
    if np.ptp(sizes) <= 1:
        # Folds: the largest first, while they fit. A smaller test part would never get one that way.
        waiting = waiting[np.argsort(-held[waiting, -1], kind="stable")]
    part = np.full(len(names), -1)
    while len(waiting):
        left = held[waiting].sum(axis=0)
        rarest = int(np.where(left > 0, left, len(labels) + 1).argmin())
        for number in waiting[held[waiting, rarest] > 0]:
            roomy = [place for place in parts if wanted[place, -1] >= held[number, -1]]
            part[number] = max(roomy or parts, key=lambda place: (wanted[place, rarest], wanted[place, -1]))
            wanted[part[number]] -= held[number]
        waiting = waiting[part[waiting] < 0]
    if len(np.unique(part)) < len(sizes):
        raise InputError(
            f"{len(names)} homology groups of up to {held[:, -1].max()} rows do not fill {len(sizes)} parts",
            "config/config.yaml: splits",
            "a group for each fold and for the test part, and none that is larger than both",
            "reduce folds or change test_size, or check dataset/groups.tsv",
        )
    return part[group]
