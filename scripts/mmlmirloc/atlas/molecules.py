"""The hairpins of miRBase's species and the mature miRNAs that are their arms."""

from pathlib import Path

import pandas as pd

from mmlmirloc.data.mature_arms import arm_of, paired
from mmlmirloc.data.sequences import IUPAC
from mmlmirloc.errors import InputError
from mmlmirloc.files import write_table
from mmlmirloc.job import logger
from mmlmirloc.sources import mirbase
from mmlmirloc.sources.coordinates import read_arms
from mmlmirloc.sources.mirbase import HAIRPIN, MATURE, Entry


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
    of_species = {
        molecule: {
            accession: entry
            for accession, entry in mirbase.read(path).items()
            if mirbase.species_of(entry.name) == prefix and mirbase.molecule_of(accession) == molecule
        }
        for molecule, path in ((HAIRPIN, hairpin), (MATURE, mature))
    }
    known = {
        accession: entry
        for accession, entry in of_species[HAIRPIN].items()
        if entry.sequence and set(entry.sequence) <= IUPAC
    }
    if not known:
        raise InputError(
            f"miRBase has no hairpin of the species {prefix}",
            hairpin,
            f"names that start with {prefix}-",
            "check sources: hairpin and records: prefix in the config",
        )
    pairs = paired(known, of_species[MATURE], read_arms(coordinates))
    logger.info("%d hairpins, %d mature miRNAs, %d pairs", len(known), len(of_species[MATURE]), len(pairs))
    rows = [(accession, entry.name, entry.sequence) for accession, entry in sorted(known.items())]
    write_table(pd.DataFrame(rows, columns=["accession", "name", "sequence"]), hairpins)
    lines = [arm_line(one, of_species[MATURE][one], other, known[other]) for one, other in pairs]
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
