"""The corpus: all species' hairpins, their families by name, and which of them are never trained on."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.data.groups import COPY, family
from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table, write_table
from mmlmirloc.job import logger
from mmlmirloc.sources import mirbase

TRAINING, VALIDATION, HELD_OUT, LEFT_OUT = "training", "validation", "held out", "left out"
TEXT = ["accession", "name", "family", "sequence", "part"]
COLUMNS = ["accession", "name", "family", "cluster", "part", "sequence"]
# miRBase writes plants' names without the second hyphen: ath-MIR156a.
PLANT = re.compile(r"^([a-z0-9]+-mir)(?=\d)")
SPECIES = re.compile(r"^[a-z0-9]+-")


def gather_hairpins(hairpin: Path, output: Path) -> None:
    """Write every hairpin of every species, sorted by accession: accession, name, family, sequence.

    Raises
    ------
    InputError
        When the file is not miRBase's FASTA; see :func:`mmlmirloc.sources.mirbase.read`.
    """
    rows = [
        (accession, entry.name, family_of(entry.name), entry.sequence)
        for accession, entry in sorted(mirbase.read(hairpin).items())
        if entry.sequence
    ]
    write_table(pd.DataFrame(rows, columns=["accession", "name", "family", "sequence"]), output)


def family_of(name: str) -> str:
    """Return a hairpin's family by name, whatever its species: ``mir-156`` for ``ath-MIR156a`` and ``osa-MIR156b``.

    As :func:`mmlmirloc.data.groups.family`; a name without a number after its kind loses species and copy, so that
    ``bantam`` is one family and ``ebv-mir-BART1-1`` a copy of ``mir-bart1``.
    """
    name = PLANT.sub(r"\1-", name.lower())
    stem = family(name)
    return COPY.sub("", SPECIES.sub("", name)) if stem == name else stem


def divide_hairpins(
    hairpins: Path, clusters: Path, output: Path, held_out: float, validation: float, seed: int
) -> None:
    """Say of each hairpin which part it is of; see :func:`parts`.

    Parameters
    ----------
    hairpins : Path
        Table of :func:`gather_hairpins`.
    clusters : Path
        Table of :func:`mmlmirloc.data.redundancy.parse_clusters`.
    output : Path
        TSV with the columns ``COLUMNS``.
    held_out, validation : float
        Shares of the families.
    seed : int
        Seed of the draw of families.

    Raises
    ------
    InputError
        When a hairpin has no cluster, or too few families leave a part empty.
    """
    text = ["accession", "name", "family", "sequence"]
    table = read_table(hairpins, text, text)
    cluster = read_table(clusters, ["accession", "cluster"], ["accession"]).set_index("accession")["cluster"]
    lost = table.loc[~table["accession"].isin(cluster.index), "accession"]
    if len(lost):
        raise InputError(
            f"{len(lost)} hairpins have no cluster, such as {lost.iloc[0]}",
            clusters,
            "a cluster for each hairpin",
            "delete the file and run the same command again",
        )
    table["cluster"] = table["accession"].map(cluster)
    table["part"] = parts(table, held_out, validation, seed)
    counts = table.groupby("part").agg(hairpins=("accession", "size"), families=("family", "nunique"))
    for part in (TRAINING, VALIDATION, HELD_OUT):
        if part not in counts.index:
            raise InputError(
                f"No hairpin is left for the part '{part}'",
                hairpins,
                "enough families that each part has some",
                "raise encoder: held_out or validation in the config, or take more hairpins",
            )
        logger.info("%s: %d hairpins of %d families", part, *counts.loc[part])
    write_table(table[COLUMNS], output)


def parts(table: pd.DataFrame, held_out: float, validation: float, seed: int) -> np.ndarray:
    """Return the part of each hairpin, text of shape (n,).

    Families are drawn: ``held_out`` of them to be measured at the end, ``validation`` of them to choose settings on.
    Whatever shares a cluster with a held-out hairpin but not its family is left out, and so is what shares one
    with a validation hairpin. What remains is trained on.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns family and cluster.
    held_out, validation : float
        Shares of the families, at least one family each.
    seed : int
        Seed of the draw.
    """
    families = np.sort(table["family"].unique())
    drawn = np.random.default_rng(seed).permutation(families)
    first = max(round(held_out * len(families)), 1)
    second = first + max(round(validation * len(families)), 1)
    part = np.full(len(table), TRAINING, dtype=object)
    for name, chosen in ((VALIDATION, drawn[first:second]), (HELD_OUT, drawn[:first])):
        own = table["family"].isin(chosen).to_numpy()
        beside = table["cluster"].isin(table.loc[own, "cluster"]).to_numpy()
        # The second turn takes what it needs of the first: a validation hairpin beside a held-out one is left out.
        part[beside] = LEFT_OUT
        part[own] = name
    return part


def read_part(corpus: str | Path, part: str) -> pd.DataFrame:
    """Return the hairpins of a part, in the corpus's order."""
    table = read_table(corpus, COLUMNS, TEXT)
    return table[table["part"] == part].reset_index(drop=True)


def one_of_each_cluster(table: pd.DataFrame) -> pd.DataFrame:
    """Return the first hairpin of each cluster, so that what many species share does not count many times."""
    return table.drop_duplicates("cluster").reset_index(drop=True)
