"""Which mature miRNAs are arms of which hairpins, and what names without an arm or a copy's number stand for."""

import re
from collections.abc import Mapping
from pathlib import Path

from mmlmirloc.errors import InputError
from mmlmirloc.sources import mirbase
from mmlmirloc.sources.mirbase import HAIRPIN, MATURE, Entry

ARM = re.compile(r"-([35]p)$")
COPY = re.compile(r"-\d+$")


def of_species(hairpin: str | Path, mature: str | Path, prefix: str) -> tuple[dict[str, Entry], dict[str, Entry]]:
    """Return accession -> entry of the hairpins and of the mature miRNAs of a species.

    Parameters
    ----------
    hairpin, mature : path
        miRBase's FASTA files.
    prefix : str
        miRBase's code of the species.
    """
    hairpins, matures = (
        {
            accession: entry
            for accession, entry in mirbase.read(path).items()
            if mirbase.species_of(entry.name) == prefix and mirbase.molecule_of(accession) == molecule
        }
        for molecule, path in ((HAIRPIN, hairpin), (MATURE, mature))
    )
    return hairpins, matures


def no_hairpin(hairpin: str | Path, prefix: str) -> InputError:
    """Say that miRBase has no hairpin of a species."""
    return InputError(
        f"miRBase has no hairpin of the species {prefix}",
        hairpin,
        f"names that start with {prefix}-",
        "check sources: hairpin and records: prefix in the config",
    )


def paired(
    hairpins: Mapping[str, Entry], matures: Mapping[str, Entry], located: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return each mature miRNA with each of its hairpins, by accession of the hairpin and then of the mature miRNA."""
    pairs = {(mature, hairpin) for mature, hairpin in located if mature in matures and hairpin in hairpins}
    placed = {mature for mature, _ in pairs}
    for mature, entry in matures.items():
        if mature not in placed:
            stem = stem_of(entry.name)
            pairs |= {
                (mature, hairpin)
                for hairpin, other in hairpins.items()
                if stem in (other.name.lower(), stem_of(other.name)) and entry.sequence in other.sequence
            }
    return sorted(pairs, key=lambda pair: (pair[1], pair[0]))


def stem_of(name: str) -> str:
    """Return a name in small letters without its arm and the number of its copy."""
    bare = ARM.sub("", name.lower())
    short = COPY.sub("", bare)
    # The number of hsa-mir-21 is no copy's.
    return short if short.count("-") >= 2 else bare


def arm_of(mature: Entry, hairpin: Entry) -> str:
    """Return ``5p`` or ``3p``: by the name, else by the half of the hairpin in which the arm's middle lies.

    Empty where the name has no arm and the hairpin does not hold the sequence.
    """
    named = ARM.search(mature.name)
    if named:
        return named[1]
    start = hairpin.sequence.find(mature.sequence)
    if start < 0:
        return ""
    return "5p" if start + len(mature.sequence) / 2 < len(hairpin.sequence) / 2 else "3p"
