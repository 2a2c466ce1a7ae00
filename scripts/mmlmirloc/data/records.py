"""RNALocate rows of one species' miRNAs, merged to one record per RNA (paper, II.B.1.a)."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from mmlmirloc.data.locations import LocationNames, fold
from mmlmirloc.errors import InputError
from mmlmirloc.files import write_table
from mmlmirloc.job import logger
from mmlmirloc.sources.mirbase import ACCESSION
from mmlmirloc.sources.rnalocate import read

OUTPUT = ["accession", "name", "aliases", "locations", "records"]
DROPPED = ["accession", "name", "stage", "reason", "rows"]


def merge_records(
    rnalocate: Path,
    output: Path,
    dropped: Path,
    species: str,
    rna_category: str,
    synonyms: Mapping[str, str],
) -> None:
    """Merge the rows of RNALocate's table to one record per RNA with its set of locations.

    An RNA is a miRBase accession: the paper merges by gene symbol, but symbols were renamed between
    releases and accessions were not (our choice). Several rows, that is publications, for one RNA
    and location count once.

    Parameters
    ----------
    rnalocate : Path
        RNALocate v2.0's table.
    output : Path
        TSV of accession, name (the most frequent Gene_symbol), aliases (other symbols and miRBase
        accessions, joined by ``|``), locations (sorted, joined by ``;``), records (number of source
        rows); sorted by accession.
    dropped : Path
        TSV of accession, name, stage, reason, rows: each RNA of the species that was left out. Other
        species and categories appear only as counts in the log.
    species, rna_category : str
        Rows to keep, compared without regard to case, such as ``Homo sapiens`` and ``miRNA``.
    synonyms : mapping of str to str
        Spelling of a location to its name; see :class:`mmlmirloc.data.locations.LocationNames`, also for cells with
        several locations.

    Raises
    ------
    InputError
        When the table is empty, lacks a column or holds no usable row of the species and category,
        when ``synonyms`` gives two names to one spelling, or when a cell names several locations in a way that
        cannot be taken apart.
    """
    names = LocationNames(synonyms)
    table = _select(read(rnalocate), rnalocate, species, rna_category)
    table["accessions"] = table["Gene_ID"].map(mirbase_accessions)
    table["accession"] = table["accessions"].map(lambda found: found[0] if found else "")
    table["locations"] = names.of_cells(table["SubCellular_Localization"], rnalocate)

    identified = table[table["accession"] != ""]
    merged = pd.DataFrame([_merge(*group) for group in identified.groupby("accession")], columns=OUTPUT)
    located = merged["locations"] != ""
    left_out = pd.concat([_unidentified(table), _unlocated(merged[~located])], ignore_index=True)
    merged = merged[located]
    if merged.empty:
        raise InputError(
            f"No {rna_category} of {species} has both a miRBase accession and a location",
            rnalocate,
            "Gene_ID as miRBase:MI0000060 and a SubCellular_Localization",
            "check that the file is RNALocate v2.0's 'All RNA subcellular localization data'",
        )
    logger.info("%d rows merged to %d RNAs, %d left out", len(table), len(merged), len(left_out))
    write_table(merged, output)
    write_table(left_out, dropped)


def mirbase_accessions(gene_id: str) -> list[str]:
    """Return the miRBase accessions of a Gene_ID such as ``miRBase:MI0000060|NCBI:406881``, in its order.

    Parts are joined by ``|`` or ``;``; the prefix may be missing or in any case.
    """
    parts = (re.sub(r"^\s*miRBase:", "", part, flags=re.IGNORECASE).strip() for part in re.split(r"[|;]", gene_id))
    return _unique(part.upper() for part in parts if ACCESSION.fullmatch(part))


def _unique(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))


def _select(table: pd.DataFrame, path: Path, species: str, rna_category: str) -> pd.DataFrame:
    """Rows of the species, and of these the rows of the category; the rest is counted in the log."""
    for column, wanted in (("Species", species), ("RNA_category", rna_category)):
        chosen = table[column].map(fold) == fold(wanted)
        if not chosen.any():
            found = ", ".join(f"{value or '(empty)'} {count}" for value, count in _most_common(table[column], 5))
            raise InputError(
                f"No row of the RNALocate table has {column} '{wanted}'"
                + (f" among those of {species}" if column != "Species" else ""),
                path,
                f"rows with {column} '{wanted}' (most frequent here: {found})",
                "correct the setting, or give the right file",
            )
        logger.info("%s '%s': %d of %d rows kept", column, wanted, chosen.sum(), len(table))
        table = table[chosen]
    return table.copy()


def _most_common(values: Iterable[str], number: int | None = None) -> list[tuple[str, int]]:
    return Counter(values).most_common(number)


def _merge(accession: str, rows: pd.DataFrame) -> tuple[str, str, str, str, int]:
    symbols = [[part.strip() for part in symbol.split("|") if part.strip()] for symbol in rows["Gene_symbol"]]
    firsts = _most_common(parts[0] for parts in symbols if parts)
    name = firsts[0][0] if firsts else ""
    others = [part for parts in symbols for part in parts] + [other for found in rows["accessions"] for other in found]
    aliases = [alias for alias in _unique(others) if alias not in (name, accession)]
    locations = sorted({location for found in rows["locations"] for location in found})
    return accession, name, "|".join(aliases), ";".join(locations), len(rows)


def _unidentified(table: pd.DataFrame) -> pd.DataFrame:
    rows = Counter(
        (symbol.split("|")[0].strip(), gene_id)
        for accession, symbol, gene_id in zip(table["accession"], table["Gene_symbol"], table["Gene_ID"], strict=True)
        if not accession
    )
    listed = [
        ("", name, "records", f"no miRBase accession (Gene_ID: {gene_id or 'empty'})", count)
        for (name, gene_id), count in sorted(rows.items())
    ]
    return pd.DataFrame(listed, columns=DROPPED)


def _unlocated(merged: pd.DataFrame) -> pd.DataFrame:
    listed = merged.rename(columns={"records": "rows"}).assign(stage="records", reason="no location recorded")
    return listed[DROPPED]
