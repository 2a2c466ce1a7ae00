"""The hairpins of miRBase's species and the mature miRNAs that are their arms."""

from pathlib import Path

import pandas as pd

from mmlmirloc.data.mature_arms import arm_of, no_hairpin, of_species, paired
from mmlmirloc.data.sequences import IUPAC
from mmlmirloc.files import write_table
from mmlmirloc.job import logger
from mmlmirloc.sources.coordinates import read_arms
from mmlmirloc.sources.mirbase import Entry


def list_molecules(
    hairpin: str | Path,
    mature: str | Path,
    coordinates: str | Path,
    prefix: str,
    hairpins: str | Path,
    arms: str | Path,
) -> None:
    """Write all hairpins of a species, and the mature miRNAs that are arms of each.

    Which arm is of which hairpin is told by miRBase's coordinates. A mature miRNA that has no place in the genome is
    an arm of each hairpin of its own name that its sequence lies in.

    Parameters
    ----------
    hairpin, mature : path
        miRBase's FASTA files.
    coordinates : path
        miRBase's GFF3.
    prefix : str
        miRBase's code of the species.
    hairpins : path
        Output: accession, name, sequence, by accession.
    arms : path
        Output, a line per mature miRNA and hairpin: accession, name, hairpin (accession), arm (``5p`` or ``3p``: by
        the name, else by the half of the hairpin in which its middle lies), start, end (places in the hairpin from 1,
        both included; empty where the hairpin does not hold the sequence).

    Raises
    ------
    InputError
        When a source cannot be read, or miRBase has no hairpin of the species.
    """
    entries, matures = of_species(hairpin, mature, prefix)
    known = {one: entry for one, entry in entries.items() if entry.sequence and set(entry.sequence) <= IUPAC}
    if not known:
        raise no_hairpin(hairpin, prefix)
    pairs = paired(known, matures, read_arms(coordinates))
    logger.info("%d hairpins, %d mature miRNAs, %d pairs", len(known), len(matures), len(pairs))
    rows = [(accession, entry.name, entry.sequence) for accession, entry in sorted(known.items())]
    write_table(pd.DataFrame(rows, columns=["accession", "name", "sequence"]), hairpins)
    lines = [arm_line(one, matures[one], other, known[other]) for one, other in pairs]
    write_table(
        pd.DataFrame(lines, columns=["accession", "name", "hairpin", "arm", "start", "end"]).astype(
            {"start": "Int64", "end": "Int64"}
        ),
        arms,
    )


def arm_line(accession: str, mature: Entry, hairpin: str, other: Entry) -> tuple:
    """Return the line of a mature miRNA as an arm of a hairpin."""
    # The arm that is named lies in its half, should the sequence occur twice.
    find = other.sequence.rfind if mature.name.endswith("-3p") else other.sequence.find
    start, arm = find(mature.sequence), arm_of(mature, other)
    if start < 0:
        return accession, mature.name, hairpin, arm, pd.NA, pd.NA
    return accession, mature.name, hairpin, arm, start + 1, start + len(mature.sequence)
