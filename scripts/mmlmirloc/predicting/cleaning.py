"""What becomes of a sequence before it is predicted, and which are refused; every treatment is told."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from string import ascii_lowercase, ascii_uppercase
from typing import Any, NamedTuple

from mmlmirloc.atlas.names import looks_like_name

# Bases of a hairpin: shorter ones are likely mature miRNAs, longer ones are none.
SHORTEST, LONGEST = 35, 1000
MATURE = range(15, 31)
IUPAC = "RYSWKMBDHVN"
GAPS = re.compile(r"[\s.\-~]+")
# Above this share of bases that are not known, the fold means nothing.
MOST_UNKNOWN = 0.1
# Below this share of A, C, G, U and T, a word of IUPAC codes is rather a name.
FEWEST_BASES = 0.75
PRIME = "['`´‘’′]"
FIVE, THREE = (re.compile(rf"{ends[0]}\s*{end}\s*{PRIME}\s*[-–—]?\s*{ends[1]}") for end, ends in
               ((5, ("^", "")), (3, ("(?:[-–—]\\s*)?", "$"))))  # fmt: skip
BACKWARD = re.compile(rf"^3\s*{PRIME}.*5\s*{PRIME}$", re.DOTALL)
# Others than these are no bases, whatever their capitals are.
CAPITALS = str.maketrans(ascii_lowercase, ascii_uppercase)
NUMBER = re.compile(r"[0-9]{1,9}")


class Expected(NamedTuple):
    """What a model was trained on, and so expects."""

    molecule: str = "hairpin"
    """``hairpin``, ``mature`` or ``both``."""
    shortest: int = SHORTEST
    longest: int = LONGEST
    """Bases of a sequence that is not refused."""

    @property
    def name(self) -> str:
        """One such sequence in words."""
        return {"hairpin": "hairpin", "mature": "mature miRNA"}.get(self.molecule, "hairpin or mature miRNA")

    @property
    def names(self) -> str:
        """Such sequences in words."""
        return {"hairpin": "hairpins", "mature": "mature miRNAs"}.get(self.molecule, "hairpins and mature miRNAs")


HAIRPIN = Expected()
# Bases of each molecule, where a model was not trained on others.
LENGTHS = {"hairpin": (SHORTEST, LONGEST), "mature": (MATURE[0], SHORTEST - 1), "both": (MATURE[0], LONGEST)}


def expected_of(card: Mapping[str, Any]) -> Expected:
    """Return what a model expects by its card: its molecule, and whatever length it was trained on."""
    molecule = card.get("molecule", HAIRPIN.molecule)
    shortest, longest = LENGTHS[molecule]
    trained = card.get("lengths") or (shortest, longest)
    return Expected(molecule, min(shortest, trained[0]), max(longest, trained[1]))


class Record(NamedTuple):
    """A sequence as it was given."""

    name: str
    """Empty where none was given."""
    sequence: str
    """As it stands: see :func:`clean`."""
    remarks: tuple[str, ...] = ()
    """What was left out or guessed as it was read."""
    refusal: str = ""
    """Why it cannot be predicted, where reading has found that out."""
    known: Mapping[str, Any] | None = None
    """Its line of the atlas, where it was looked up; then the sequence is a mature one, or empty for a name."""


class Cleaned(NamedTuple):
    """A sequence as it is predicted, empty where it is refused, and what was done or why it is refused."""

    sequence: str
    remarks: tuple[str, ...]


def numbered(records: Iterable[Record]) -> Iterable[Record]:
    """Name the records that have no name by their number, ``sequence_3``."""
    for number, record in enumerate(records, start=1):
        yield record if record.name else record._replace(name=f"sequence_{number}")


def clean_record(record: tuple, expected: Expected = HAIRPIN) -> Cleaned:
    """Return :func:`clean` of a record, a (name, sequence) or a :class:`Record`, with what its reading has told."""
    record = Record(*record)
    if record.known:
        return Cleaned(record.sequence, record.remarks)
    if record.refusal:
        return Cleaned("", (f"refused: {record.refusal}",))
    cleaned = clean(record.sequence, expected)
    return cleaned._replace(remarks=cleaned.remarks + record.remarks) if cleaned.sequence else cleaned


def clean(sequence: str, expected: Expected = HAIRPIN) -> Cleaned:
    """Turn a sequence to RNA in capital letters, or refuse it.

    Gaps, spaces, a final ``*``, marks of the ends (``5'-...-3'``) and position numbers are removed, T is read as U,
    IUPAC codes become N, which pairs with nothing and is in no word. Refused are other letters (protein), no bases,
    fewer or more bases than are expected (of a hairpin 35 to 1,000), and more than a tenth of unknown bases.
    """
    remarks = []
    given = sequence.strip()
    if BACKWARD.search(given):
        return Cleaned("", ("refused: written from 3' to 5'; give it from 5' to 3'",))
    inner = without_ends(given)
    if inner != given:
        remarks.append("marks of the 5' and 3' ends removed")
    unnumbered = without_positions(inner)
    if unnumbered != inner:
        remarks.append("position numbers removed")
    bare = GAPS.sub("", unnumbered.rstrip("*"))
    if len(bare) < len(unnumbered):
        remarks.append("gaps, spaces or a final * removed")
    letters = bare.translate(CAPITALS)
    if "T" in letters:
        remarks.append("DNA letters read as RNA" + (", which has U beside T" if "U" in letters else ""))
    rna = letters.replace("T", "U")
    foreign = sorted(set(rna) - set("ACGU") - set(IUPAC))
    if foreign and looks_like_name(given):
        return Cleaned("", (f"refused: {given} is a name, no sequence; mmlmirloc lookup answers for names",))
    if foreign:
        return Cleaned("", (f"refused: {foreign_words(foreign)}",))
    if not expected.shortest <= len(rna) <= expected.longest:
        return Cleaned("", (wrong_length(len(rna), expected),))
    known = re.sub(f"[{IUPAC}]", "N", rna)
    unknown = known.count("N")
    if unknown > MOST_UNKNOWN * len(known):
        return Cleaned("", (f"refused: {unknown} of {len(known)} bases are not known",))
    if unknown:
        remarks.append(f"{unknown} ambiguous bases read as unknown")
    return Cleaned(known, tuple(remarks))


def without_ends(sequence: str) -> str:
    """Return what stands between ``5'-`` and ``-3'``, where one of them or both are there."""
    return THREE.sub("", FIVE.sub("", sequence)).strip()


def without_positions(sequence: str) -> str:
    """Return a sequence without position numbers, where each number in it is one: of the base after or before it."""
    parts = NUMBER.split(sequence)
    numbers = [int(number) for number in NUMBER.findall(sequence)]
    before = 0
    for part, number in zip(parts, numbers):
        before += len(GAPS.sub("", part))
        if number not in (before, before + 1):
            return sequence
    # With a single number nothing but a letter typed wrong may be meant: it has to stand at an end.
    if len(numbers) == 1 and parts[0].strip() and parts[1].strip():
        return sequence
    return " ".join(parts).strip() if numbers else sequence


def looks_like_bases(text: str, least: int = 10) -> bool:
    """Whether a text is a sequence of so many bases at least, rather than a name or protein."""
    bare = GAPS.sub("", without_ends(text.strip()).rstrip("*")).upper()
    known = sum(map(bare.count, "ACGUTN"))
    return len(bare) >= max(least, 1) and set(bare) <= set("ACGUT" + IUPAC) and known >= FEWEST_BASES * len(bare)


def foreign_words(foreign: list[str]) -> str:
    """Say which characters are no bases; those that cannot be seen or look like others by their Unicode names."""
    letters = [letter for letter in foreign if letter.isascii() and letter.isalpha()]
    others = [letter for letter in foreign if letter not in letters]
    found = []
    if letters:
        protein = "; protein?" if len(letters) > 2 else ""
        found.append(f"letters that no nucleotide has ({' '.join(letters[:5])}){protein}")
    if others:
        found.append(f"characters that are no bases ({', '.join(map(named, others[:5]))})")
    return " and ".join(found)


def named(character: str) -> str:
    """Return a character as it can be told from others in a message."""
    if character.isascii() and character.isprintable():
        return character
    return f"U+{ord(character):04X} {unicodedata.name(character, 'a control character')}"


def wrong_length(length: int, expected: Expected) -> str:
    """Say why a sequence that is too short or too long is refused."""
    if not length:
        return "refused: no bases"
    if length > expected.longest:
        if expected.molecule == "mature" and length <= LONGEST:
            return f"refused: {length} bases, as a hairpin has; give its mature miRNA"
        return f"refused: {length} bases; a {expected.name} of at most {expected.longest} is expected"
    if expected.molecule == "hairpin" and length in MATURE:
        return f"refused: {length} bases, as a mature miRNA has; give its hairpin (precursor)"
    return f"refused: {length} bases; a {expected.name} of at least {expected.shortest} is expected"
