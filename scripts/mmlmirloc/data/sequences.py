"""Join the merged records to miRBase's sequences by accession (paper, II.B.1.b)."""

from collections import Counter
from pathlib import Path

import pandas as pd

from mmlmirloc.data.records import DROPPED
from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table, write_table
from mmlmirloc.job import logger
from mmlmirloc.sources import mirbase

MOLECULES = {"hairpin": ["hairpin"], "mature": ["mature"], "both": ["hairpin", "mature"]}
COLUMNS = ["accession", "name", "molecule", "sequence", "locations"]
IUPAC = set("ACGUNRYWKMSBDHV")


def join_sequences(
    records: Path,
    hairpin: Path,
    mature: Path,
    output: Path,
    dropped: Path,
    molecule: str,
    prefix: str = "hsa",
) -> None:
    """Join each record to its miRBase entry; drop and list the records that have none.

    The accession says which molecule was recorded, MI a hairpin and MIMAT a mature miRNA. An alias
    of the same molecule serves where the first accession is not in miRBase. Records that end at one
    entry are merged, their locations united.

    Parameters
    ----------
    records : Path
        Table of :func:`mmlmirloc.data.records.merge_records`.
    hairpin, mature : Path
        miRBase's FASTA files, unpacked (``>name accession ...``). Only what ``molecule`` asks for is read.
    output : Path
        TSV of accession, name (miRBase's current one), molecule, sequence (upper case, U alphabet,
        IUPAC codes kept), locations; sorted by accession.
    dropped : Path
        TSV of accession, name, stage, reason, rows.
    molecule : {"hairpin", "mature", "both"}
        Molecules to keep. The paper does not say; only hairpins give its counts.
    prefix : str
        Species prefix of miRBase's names. RNALocate files some viral miRNAs (``ebv-``) under human.

    Raises
    ------
    InputError
        When ``molecule`` is unknown, a FASTA file is missing, empty, an HTML page, binary or not
        miRBase's, gives two sequences to one accession, or no record finds its sequence.
    """
    if molecule not in MOLECULES:
        raise InputError(
            f"Unknown molecule '{molecule}'", "config: molecule", f"one of {', '.join(MOLECULES)}", "correct the word"
        )
    paths = {"hairpin": hairpin, "mature": mature}
    entries = {kind: mirbase.read(paths[kind]) for kind in MOLECULES[molecule]}
    table = read_table(
        records, ["accession", "name", "aliases", "locations", "records"], ["accession", "name", "aliases", "locations"]
    )
    joined: dict[str, set[str]] = {}
    left_out = []
    for row in table.itertuples():
        kind = mirbase.molecule_of(row.accession)
        accession = _find(row.accession, row.aliases, entries.get(kind, {}))
        reason = _reason(kind, entries, accession, prefix)
        if reason:
            left_out.append((row.accession, row.name, "sequences", reason, row.records))
        else:
            joined.setdefault(accession, set()).update(row.locations.split(";"))
    _report(len(table), joined, left_out, records)
    write_table(_sequenced(joined, entries), output)
    write_table(pd.DataFrame(left_out, columns=DROPPED), dropped)


def _find(accession: str, aliases: str, entries: dict[str, mirbase.Entry]) -> str | None:
    """The first of the accession and its aliases that miRBase holds as the same molecule."""
    return next((candidate for candidate in (accession, *aliases.split("|")) if candidate in entries), None)


def _reason(kind: str, entries: dict[str, dict[str, mirbase.Entry]], accession: str | None, prefix: str) -> str | None:
    """Why a record is dropped, or None."""
    if kind not in entries:
        return f"not the wanted molecule ({kind})"
    if accession is None:
        return "accession not in miRBase"
    entry = entries[kind][accession]
    if mirbase.species_of(entry.name) != prefix:
        return f"not a miRNA of the species (miRBase name {entry.name}, expected {prefix}-)"
    if not entry.sequence:
        return "no sequence in miRBase"
    foreign = sorted(set(entry.sequence) - IUPAC)
    if foreign:
        return f"sequence holds letters that are no IUPAC nucleotide code ({' '.join(foreign)})"
    return None


def _report(number: int, joined: dict, left_out: list, records: Path) -> None:
    reasons = Counter(reason.split(" (")[0] for _, _, _, reason, _ in left_out)
    counts = ", ".join(f"{reason}: {count}" for reason, count in reasons.most_common())
    if not joined:
        raise InputError(
            f"None of {number} RNAs has a usable sequence ({counts})",
            records,
            "records with accessions that stand in miRBase's FASTA files",
            "check that hairpin and mature are not exchanged in the config, and that molecule is as wanted",
        )
    logger.info("%d RNAs: %d miRBase entries joined, %d left out (%s)", number, len(joined), len(left_out), counts)


def _sequenced(joined: dict[str, set[str]], entries: dict[str, dict[str, mirbase.Entry]]) -> pd.DataFrame:
    rows = []
    for accession in sorted(joined):
        kind = mirbase.molecule_of(accession)
        entry = entries[kind][accession]
        rows.append((accession, entry.name, kind, entry.sequence, ";".join(sorted(joined[accession]))))
    return pd.DataFrame(rows, columns=COLUMNS)
