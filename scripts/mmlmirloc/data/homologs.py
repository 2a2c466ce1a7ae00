"""Homologs: which hairpins of miRBase, of all species, a sequence aligns with."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from mmlmirloc.fasta import write_fasta
from mmlmirloc.files import damaged, read_table
from mmlmirloc.sources import mirbase

# What blastn writes of a hit (-outfmt 6), and its names here. A query is named by its sequence, a hit by its species
# and accession, so that no name, accession or label of a query can reach a view.
FIELDS = {"qseqid": "query", "sseqid": "hit", "nident": "identical", "qlen": "query_length", "slen": "hit_length"}
# blastn's small words for short sequences; one strand, since the arms of a hairpin are near reverse complements of
# each other; all hits, since they are counted; no masking, since a hairpin has few letters to lose.
OPTIONS = ("-task", "blastn", "-word_size", "7", "-strand", "plus", "-evalue", "0.001")
OPTIONS += ("-max_target_seqs", "50000", "-dust", "no", "-outfmt", f"6 {' '.join(FIELDS)}")


def query_id(sequence: str) -> str:
    """Return the name of a sequence in a search: a digest of it."""
    return hashlib.sha256(sequence.encode()).hexdigest()[:16]


def write_queries(sequences: Iterable[str], path: str | Path) -> None:
    """Write each sequence once, named by its digest."""
    write_fasta(((query_id(sequence), in_dna(sequence)) for sequence in dict.fromkeys(sequences)), path)


def write_database(hairpins: str | Path, path: str | Path) -> None:
    """Write miRBase's hairpins of all species, named ``species.accession``."""
    entries = mirbase.read(hairpins).items()
    named = ((f"{mirbase.species_of(entry.name)}.{accession}", in_dna(entry.sequence)) for accession, entry in entries)
    write_fasta(named, path)


def in_dna(sequence: str) -> str:
    """Return a sequence in the DNA letters that blastn reads."""
    return sequence.replace("U", "T")


def prepare_search(
    sequenced: str | Path, hairpins: str | Path, prefix: str, queries: str | Path, database: str | Path
) -> None:
    """Write the queries (the records' sequences and all hairpins of the species ``prefix``) and the database.

    Parameters
    ----------
    sequenced : path
        TSV with the column sequence.
    hairpins : path
        miRBase's hairpin.fa, all species.
    prefix : str
        miRBase's code of the predicted species. Its other hairpins are queries too: the neighbours of a hairpin in
        the genome are described by their homologs.
    queries, database : path
        Outputs, FASTA.
    """
    own = [entry.sequence for entry in mirbase.read(hairpins).values() if mirbase.species_of(entry.name) == prefix]
    records = read_table(sequenced, columns=["sequence"], text=["sequence"])["sequence"].tolist()
    write_queries([*records, *own], queries)
    write_database(hairpins, database)


def read_hits(path: str | Path) -> pd.DataFrame:
    """Read the hits of a search.

    Returns
    -------
    pandas.DataFrame
        Columns query, species, accession, identity (identical bases over the query's length, of the best of a pair's
        alignments) and same (0/1: the hit is the query's own sequence). One row per query and hit, in the order of the
        file.

    Raises
    ------
    InputError
        When the file is missing or damaged.
    """
    columns = list(FIELDS.values())
    table = read_table(path, columns=columns, text=["query", "hit"])
    numbers = columns[2:]
    table[numbers] = table[numbers].apply(pd.to_numeric, errors="coerce").astype(float)
    if table[numbers].isna().any(axis=None) or not table["hit"].str.contains(".", regex=False).all():
        raise damaged(path, ValueError("a hit without whole numbers, or without a species"))
    table = table.groupby(["query", "hit"], sort=False, as_index=False).max()
    table[["species", "accession"]] = table["hit"].str.split(".", n=1, expand=True).reindex(columns=[0, 1])
    table["identity"] = table["identical"] / table["query_length"]
    table["same"] = (
        (table["identical"] == table["query_length"]) & (table["query_length"] == table["hit_length"])
    ).astype(int)
    return table[["query", "species", "accession", "identity", "same"]]
