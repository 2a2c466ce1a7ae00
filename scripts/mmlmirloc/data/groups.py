"""Homology groups: which miRNAs must stay on one side of a split."""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from Bio.Align import PairwiseAligner
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table, write_table
from mmlmirloc.job import logger, progress
from mmlmirloc.sources import mirbase

TEXT = ["accession", "name", "sequence"]
# hsa-mir-548aa-1, hsa-let-7a-5p: species, kind, family number; then letters of the member, copy and arm.
FAMILY = re.compile(r"[a-z0-9]+-([a-z]+)-(\d+)")
COPY = re.compile(r"-\d+$")
ARM = re.compile(r"-[35]p$")
# blastn's own scores; the first letter of a gap costs its opening (5) and its extension (2).
SCORES = {"match_score": 2, "mismatch_score": -3, "open_gap_score": -7, "extend_gap_score": -2}
# 18 equal bases. Of the 129,795 pairs of the 510 hairpins with their letters shuffled none comes above 32.
HIT = 36
# Families of the largest group that the log names, and the share of rows above which it warns: one of ten folds.
SHOWN = 10
LARGE = 0.1


def group_homologs(mirnas: Path, mature: Path, output: Path) -> None:
    """Write the homology group of each miRNA.

    Two miRNAs are homologs when they are of one family by name (:func:`family`), when they share the seed of a
    mature arm (:func:`seeds`), or when their sequences align (:func:`hits`); groups are the connected components.
    The union, the aligner and its threshold are our choice.

    Parameters
    ----------
    mirnas : Path
        The dataset: accession, name (miRBase's), sequence.
    mature : Path
        miRBase's mature.fa, unpacked.
    output : Path
        TSV of accession, group, size (rows of the group), in the dataset's order. Groups are numbered from 0 by the
        lowest accession that they hold.

    Raises
    ------
    InputError
        When the dataset has no rows or repeats an accession, or a file is missing or not of its kind.
    """
    table = read_table(mirnas, columns=TEXT, text=TEXT)
    rows = table.sort_values("accession", ignore_index=True)
    if rows.empty or rows["accession"].duplicated().any():
        raise InputError(
            "There are no miRNAs to group" if rows.empty else "An accession stands in two rows",
            mirnas,
            "one row for each miRNA",
            "delete the file and run the same command again",
        )
    arms = {entry.name: entry.sequence for entry in mirbase.read(mature).values()}
    links = {
        "family": shared([[family(name)] for name in rows["name"]]),
        "seed": shared(seeds(rows, arms)),
        "sequence": hits(rows["sequence"].tolist()),
    }
    group = components(len(rows), [link for kind in links.values() for link in kind])
    size = np.bincount(group)
    _report(rows["name"], group, size, links)
    grouped = pd.DataFrame({"accession": rows["accession"], "group": group, "size": size[group]})
    write_table(table[["accession"]].merge(grouped, on="accession"), output)


def family(name: str) -> str:
    """Return the stem of a miRBase name: ``mir-30`` for ``hsa-mir-30c-2``, ``let-7`` for ``hsa-let-7a-1``.

    A name of another form is a family of its own.
    """
    match = FAMILY.match(name.lower())
    return f"{match[1]}-{match[2]}" if match else name


def seeds(rows: pd.DataFrame, arms: dict[str, str]) -> list[set[str]]:
    """Return the seeds (nt 2-8) of each row's mature arms.

    miRBase's FASTA does not say which hairpin a mature miRNA comes from, so that names are matched:
    ``hsa-miR-30c-2-3p`` and ``hsa-miR-30c-5p`` are arms of ``hsa-mir-30c-2``. A hairpin without an arm of its name has
    no seed. A row that is a mature miRNA itself (MIMAT) has its own.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns accession, name, sequence.
    arms : dict
        Name of a mature miRNA -> its sequence.
    """
    of_hairpin = defaultdict(set)
    for name, sequence in arms.items():
        of_hairpin[ARM.sub("", name.lower())].add(sequence[1:8])
    found = []
    for row in rows.itertuples():
        name = row.name.lower()
        own = {row.sequence[1:8]} if mirbase.molecule_of(row.accession) == "mature" else set()
        found.append(own or of_hairpin.get(name, set()) | of_hairpin.get(COPY.sub("", name), set()))
    return found


def hits(sequences: Sequence[str]) -> list[tuple[int, int]]:
    """Return the pairs of sequences whose best local alignment scores at least :data:`HIT`.

    Smith-Waterman with affine gaps and blastn's scores, over all pairs (about 5 s for 510 hairpins, so that no filter
    by shared words is needed), sense strand only: a hairpin's arms are near reverse complements of each other.
    """
    aligner = PairwiseAligner(mode="local", **SCORES)
    aligner.wildcard = "N"
    pairs = list(combinations(range(len(sequences)), 2))
    return [(i, j) for i, j in progress(pairs, "alignments") if aligner.score(sequences[i], sequences[j]) >= HIT]


def shared(keys: Iterable[Iterable[Hashable]]) -> list[tuple[int, int]]:
    """Return pairs of items that link all items with a common key."""
    first: dict[Hashable, int] = {}
    return [(first.setdefault(key, item), item) for item, own in enumerate(keys) for key in own]


def components(items: int, links: Sequence[tuple[int, int]]) -> np.ndarray:
    """Return the connected component of each item, numbered from 0 by the first item that it holds."""
    ends = np.array(links, dtype=int).reshape(-1, 2)
    graph = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(items, items))
    return pd.factorize(connected_components(graph, directed=False)[1])[0]


def _report(names: pd.Series, group: np.ndarray, size: np.ndarray, links: dict[str, list]) -> None:
    largest = sorted({family(name) for name in names[group == size.argmax()]})
    sizes = ", ".join(f"{number} of {rows}" for rows, number in sorted(Counter(size.tolist()).items()))
    alone = ", ".join(f"{kind} {len(set(components(len(group), pairs)))}" for kind, pairs in links.items())
    shown = " ".join(largest[:SHOWN]) + (f" and {len(largest) - SHOWN} more" if len(largest) > SHOWN else "")
    logger.info("%d miRNAs in %d homology groups; largest %d (%s)", len(group), len(size), size.max(), shown)
    logger.info("Groups by number of rows: %s", sizes)
    logger.info("Groups by one kind of link alone: %s", alone)
    if size.max() > LARGE * len(group):
        share = 100 * size.max() / len(group)
        logger.warning("One group holds %.0f%% of the rows: a grouped split's folds cannot be even", share)
