"""What becomes of a sequence before it is predicted, and which are refused; every treatment is told."""

import re
from typing import NamedTuple

# Bases of a hairpin: shorter ones are likely mature miRNAs, longer ones are not folded in reasonable time.
SHORTEST, LONGEST = 35, 1000
MATURE = range(15, 31)
IUPAC = "RYSWKMBDHVN"
GAPS = re.compile(r"[\s.\-~]+")
# Above this share of bases that are not known, the fold means nothing.
MOST_UNKNOWN = 0.1


class Cleaned(NamedTuple):
    """A sequence as it is predicted, empty where it is refused, and what was done or why it is refused."""

    sequence: str
    remarks: tuple[str, ...]


def clean(sequence: str) -> Cleaned:
    """Turn a sequence to RNA in capital letters, or refuse it.

    Gaps, spaces and a final ``*`` are removed, T is read as U, IUPAC codes become N, which pairs with nothing and is in
    no word. Refused are other letters (protein), no bases, less than 35 or more than 1,000 bases, and more than a tenth
    of unknown bases.
    """
    remarks = []
    bare = GAPS.sub("", sequence.strip().rstrip("*"))
    if len(bare) < len(sequence.strip()):
        remarks.append("gaps, spaces or a final * removed")
    letters = bare.upper()
    if "T" in letters:
        remarks.append("DNA letters read as RNA" + (", which has U beside T" if "U" in letters else ""))
    rna = letters.replace("T", "U")
    foreign = sorted(set(rna) - set("ACGU") - set(IUPAC))
    if foreign:
        return Cleaned("", (f"refused: letters that no nucleotide has ({' '.join(foreign[:5])}); protein?",))
    if len(rna) < SHORTEST:
        return Cleaned("", (too_short(len(rna)),))
    if len(rna) > LONGEST:
        return Cleaned("", (f"refused: {len(rna)} bases; a hairpin of at most {LONGEST} is expected",))
    known = re.sub(f"[{IUPAC}]", "N", rna)
    unknown = known.count("N")
    if unknown > MOST_UNKNOWN * len(known):
        return Cleaned("", (f"refused: {unknown} of {len(known)} bases are not known",))
    if unknown:
        remarks.append(f"{unknown} ambiguous bases read as unknown")
    return Cleaned(known, tuple(remarks))


def too_short(length: int) -> str:
    """Say why a short sequence is refused."""
    if not length:
        return "refused: no bases"
    if length in MATURE:
        return f"refused: {length} bases, as a mature miRNA has; give its hairpin (precursor)"
    return f"refused: {length} bases; a hairpin of at least {SHORTEST} is expected"
