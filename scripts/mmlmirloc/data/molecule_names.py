"""What hairpins, and which of their arms, a table means by the accessions and names that it writes."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from mmlmirloc.data.mature_arms import arm_of, no_hairpin, of_species, paired, stem_of
from mmlmirloc.sources.coordinates import read_arms

# Between several names of one cell.
BETWEEN = re.compile(r"[|;,\s]+")
# The arm at the end of a name; a star is the rarer arm by names of old, of whichever side.
ENDING = re.compile(r"(-[35]p|\*)$")


class Molecule(NamedTuple):
    """A hairpin or mature miRNA, and the arm that is meant of it: ``5p``, ``3p``, or empty where none is told."""

    accession: str
    arm: str


class MoleculeNames:
    """Accessions and names of a species in miRBase.

    Parameters
    ----------
    hairpin, mature : path
        miRBase's FASTA files.
    coordinates : path
        miRBase's GFF3.
    prefix : str
        miRBase's code of the species.

    Raises
    ------
    InputError
        When a source cannot be read, or miRBase has no hairpin of the species.
    """

    def __init__(self, hairpin: str | Path, mature: str | Path, coordinates: str | Path, prefix: str):
        hairpins, matures = of_species(hairpin, mature, prefix)
        if not hairpins:
            raise no_hairpin(hairpin, prefix)
        self.prefix = prefix
        self._by_accession: dict[str, set[Molecule]] = {one: {Molecule(one, "")} for one in (*hairpins, *matures)}
        for one, other in paired(hairpins, matures, read_arms(coordinates)):
            arm = arm_of(matures[one], hairpins[other])
            self._by_accession[one] |= {Molecule(other, arm)}
            self._by_accession[other] |= {Molecule(one, "")}
        named = {entry.name: one for one, entry in (hairpins | matures).items()}
        self._exact, self._lower = by_name(named, str), by_name(named, str.lower)
        self._stems = by_name({entry.name: one for one, entry in hairpins.items()}, stem_of)

    def meant(self, cell: str) -> set[Molecule]:
        """Return the molecules that a cell names, by accession or name; none where nothing is known.

        A hairpin stands for its mature miRNAs too, and a mature miRNA for the hairpins that it is an arm of. A name
        without the number of its copy (``hsa-mir-16``) stands for all copies, and an old name without its arm
        (``hsa-miR-16``, ``hsa-miR-16*``) for the hairpins. One that has got a letter since is its ``a``
        (``hsa-mir-103``). The species may be left out (``let-7a-5p``), and the case of letters does not matter.
        """
        return {one for name in BETWEEN.split(cell.strip()) if name for one in self._meant_by(name)}

    def _meant_by(self, name: str) -> set[Molecule]:
        name = re.sub("^mirbase:", "", name, flags=re.IGNORECASE)
        if name.upper() in self._by_accession:
            return self._by_accession[name.upper()]
        for full in (name, f"{self.prefix}-{name}"):
            found = self._exact.get(full) or self._lower.get(full.lower())
            if found:
                return {one for accession in found for one in self._by_accession[accession]}
        arm = ENDING.search(name)
        bare = ENDING.sub("", name).lower()
        side = arm[1].strip("-") if arm and arm[1] != "*" else ""
        # hsa-mir-103 became hsa-mir-103a when hsa-mir-103b was found.
        lettered = (bare, f"{bare}a") if bare[-1:].isdigit() else (bare,)
        for full in (start + word for word in lettered for start in ("", f"{self.prefix}-")):
            if full in self._stems:
                return {Molecule(accession, side) for accession in self._stems[full]}
        return set()


def by_name(accessions: Mapping[str, str], key) -> dict[str, set[str]]:
    """Return ``key`` of each name -> the accessions whose names have it."""
    found: dict[str, set[str]] = {}
    for name, accession in accessions.items():
        found.setdefault(key(name), set()).add(accession)
    return found
