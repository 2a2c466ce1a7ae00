"""The benchmark dataset: one row per representative miRNA, one 0/1 column per location (paper, II.B.1.b-c)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table, write_table
from mmlmirloc.job import logger

CLUSTER_LABELS = ("representative", "union")
DROPPED = ["accession", "name", "stage", "reason"]


def build_dataset(
    sequenced: Path,
    clusters: Path,
    output: Path,
    dropped: Path,
    locations: Sequence[str],
    minimum_count: int,
    cluster_labels: str,
) -> None:
    """Keep the clusters' representatives that have one of the wanted locations.

    Parameters
    ----------
    sequenced : Path
        Table of :func:`mmlmirloc.data.sequences.join_sequences`.
    clusters : Path
        Table of :func:`mmlmirloc.data.redundancy.parse_clusters` of the same sequences.
    output : Path
        TSV of accession, name, sequence, then a 0/1 column for each location in the given order;
        sorted by accession.
    dropped : Path
        TSV of accession, name, stage (``redundancy`` or ``locations``) and reason: each RNA left out.
    locations : sequence of str
        The locations to keep.
    minimum_count : int
        The least number of miRNAs a location must have. The paper says "more than 80", which its own
        79 microvesicle miRNAs do not reach.
    cluster_labels : {"representative", "union"}
        Whether a representative has its own locations or those of its whole cluster. The paper does
        not say; the first is our default.

    Raises
    ------
    InputError
        When a setting is unknown, the two tables are of different sequences, or a location has fewer
        miRNAs than ``minimum_count``.
    """
    _check_settings(locations, cluster_labels)
    rnas = read_table(
        sequenced,
        ["accession", "name", "sequence", "locations"],
        ["accession", "name", "sequence", "locations"],
    ).set_index("accession")
    members = read_table(clusters, ["cluster", "accession", "representative", "identity"], ["accession"])
    _check_same(rnas, members, clusters)

    representative = members[members["representative"] == 1].set_index("cluster")["accession"]
    members["kept"] = members["cluster"].map(representative)
    labels = _labels(rnas, members, cluster_labels)
    counts = Counter(location for found in labels.values() for location in found)
    _check_counts(counts, locations, minimum_count, sequenced)

    accessions = sorted(accession for accession in labels if labels[accession] & set(locations))
    dataset = rnas.loc[accessions, ["name", "sequence"]].reset_index()
    for location in locations:
        dataset[location] = [int(location in labels[accession]) for accession in accessions]
    left_out = _left_out(rnas, members, labels, set(accessions))
    logger.info("%d RNAs: %d in the dataset, %d left out", len(rnas), len(dataset), len(left_out))
    logger.info("miRNAs by location: %s", _listed({location: counts[location] for location in locations}))
    write_table(dataset, output)
    write_table(left_out, dropped)


def _check_settings(locations: Sequence[str], cluster_labels: str) -> None:
    if cluster_labels not in CLUSTER_LABELS:
        raise InputError(
            f"Unknown way to label a cluster: '{cluster_labels}'",
            "config: dataset.cluster_labels",
            f"one of {', '.join(CLUSTER_LABELS)}",
            "correct the word",
        )
    if not locations or len(set(locations)) < len(locations):
        raise InputError(
            f"Locations are missing or given twice: {', '.join(locations) or 'none'}",
            "config: locations",
            "one or more different location names",
            "correct the list",
        )


def _check_same(rnas: pd.DataFrame, members: pd.DataFrame, clusters: Path) -> None:
    different = sorted(set(rnas.index) ^ set(members["accession"]))
    if different:
        raise InputError(
            f"The clusters are not of these sequences: {len(different)} differ (first: {different[0]})",
            clusters,
            "a row for each of the sequences, and no other",
            "delete the file and run the same command again",
        )


def _labels(rnas: pd.DataFrame, members: pd.DataFrame, cluster_labels: str) -> dict[str, set[str]]:
    """Representative -> its locations, wanted or not."""
    labels = {accession: set() for accession in members.loc[members["representative"] == 1, "accession"]}
    for row in members.itertuples():
        if row.representative or cluster_labels == "union":
            labels[row.kept].update(rnas.at[row.accession, "locations"].split(";"))
    return labels


def _check_counts(counts: Mapping[str, int], locations: Sequence[str], minimum_count: int, sequenced: Path) -> None:
    rare = [location for location in locations if counts[location] < minimum_count]
    if not rare:
        return
    others = {location: counts[location] for location in sorted(counts) if location and location not in locations}
    raise InputError(
        f"Fewer than {minimum_count} miRNAs have the location {', '.join(rare)} "
        f"(counts: {_listed({location: counts[location] for location in locations})})",
        sequenced,
        f"at least {minimum_count} miRNAs for each configured location after redundancy was removed "
        f"(other locations here: {_listed(others) or 'none'})",
        "lower dataset.minimum_count in the config, or take the location out of (or correct it in) locations",
    )


def _left_out(rnas: pd.DataFrame, members: pd.DataFrame, labels: dict[str, set[str]], kept: set[str]) -> pd.DataFrame:
    rows = []
    for row in members.sort_values("accession").itertuples():
        name = rnas.at[row.accession, "name"]
        if not row.representative:
            rows.append((row.accession, name, "redundancy", f"{row.identity:g} % identical to {row.kept}"))
        elif row.accession not in kept:
            found = ", ".join(sorted(labels[row.accession]))
            rows.append((row.accession, name, "locations", f"none of the wanted locations (has: {found})"))
    return pd.DataFrame(rows, columns=DROPPED)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{location} {count}" for location, count in counts.items())
