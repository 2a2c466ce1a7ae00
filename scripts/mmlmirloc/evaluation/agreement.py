"""How far records agree with themselves: the locations of hairpins that are nearly the same."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.files import read_table, write_table
from mmlmirloc.objectives import ROW_METRICS

# Identity to the representative of the cluster, per cent.
BINS = ((80, 90), (90, 95), (95, 101))
ANY = "any two hairpins"
MEASURED = ("accuracy", "subset_accuracy")


def measure_agreement(
    clusters: str | Path, sequenced: str | Path, locations: Sequence[str], output: str | Path
) -> None:
    """Measure how the recorded locations of a cluster's members agree with those of its representative.

    It is no ceiling of what can be predicted: among nearly identical hairpins are antisense pairs, and records that
    list one location only because nobody looked for others.

    Parameters
    ----------
    clusters : path
        accession, cluster, representative (0/1), identity (per cent).
    sequenced : path
        accession, locations joined by ``;``.
    locations : sequence of str
        The predicted ones; others are not looked at.
    output : path
        TSV: pairs (identity of the pairs), number, accuracy (mean Jaccard index of the location sets), subset_accuracy
        (share of pairs with the same set); last all pairs of representatives.
    """
    members = read_table(clusters, columns=["accession", "cluster", "representative", "identity"], text=["accession"])
    records = read_table(sequenced, columns=["accession", "locations"], text=["accession", "locations"])
    held = [set(text.split(";")) for text in records["locations"]]
    labels = {
        accession: np.array([location in own for location in locations], dtype=int)
        for accession, own in zip(records["accession"], held)
    }
    members = members[[labels.get(accession, np.zeros(1)).any() for accession in members["accession"]]]
    chosen = members[members["representative"] == 1].set_index("cluster")["accession"]
    others = members[(members["representative"] == 0) & members["cluster"].isin(chosen.index)]
    lines = []
    for low, high in BINS:
        part = others[(others["identity"] >= low) & (others["identity"] < high)]
        pairs = [(labels[row.accession], labels[chosen[row.cluster]]) for row in part.itertuples()]
        lines.append((f"identity {low}-{min(high, 100)} %", *_agreement(pairs)))
    lines.append((ANY, *_agreement_of_all([labels[accession] for accession in chosen])))
    write_table(pd.DataFrame(lines, columns=["pairs", "number", "accuracy", "subset_accuracy"]), output)


def _agreement(pairs: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[int, float, float]:
    if not pairs:
        return 0, np.nan, np.nan
    ones, others = (np.array(side) for side in zip(*pairs))
    return len(pairs), *(float(ROW_METRICS[name](ones, others).mean()) for name in MEASURED)


def _agreement_of_all(sets: Sequence[np.ndarray]) -> tuple[int, float, float]:
    """Return :func:`_agreement` of all pairs of some sets, counted by the few different ones that there are."""
    if len(sets) < 2:
        return _agreement([])
    different, counts = np.unique(sets, axis=0, return_counts=True)
    # Each pair twice, and none of a hairpin with itself.
    pairs = np.outer(counts, counts) - np.diag(counts)
    values = (ROW_METRICS[name](different[:, None], different[None]) for name in MEASURED)
    return int(pairs.sum()) // 2, *(float((pairs * value).sum() / pairs.sum()) for value in values)
