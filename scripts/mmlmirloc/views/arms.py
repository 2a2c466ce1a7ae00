"""Arms view: where the mature arms of a hairpin lie, and which words and sorting motifs they hold."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import product

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.features import Features
from mmlmirloc.sources import mirbase
from mmlmirloc.views import base
from mmlmirloc.views.structural import fold

# Exosome motifs: GGAG and CCCU (Villarroya-Beltri et al. 2013), CGGGAG and CAUG (Garcia-Martin et al. 2022); the
# nuclear hexamer of miR-29b, AGUGUU (Hwang et al. 2007).
MOTIFS = ("GGAG", "CCCU", "CGGGAG", "CAUG", "AGUGUU")
LETTERS = tuple("ACGU")
PAIRS = tuple("".join(pair) for pair in product(LETTERS, repeat=2))
LENGTH = 22
# Bases between the terminal loop and a mature arm: Dicer cuts two or three pairs below the loop.
OVERHANG = 2
SIDES = ("5p", "3p")
PLACE = ("length", "start from its end of the hairpin")
# Length -> arm -> its place among the recorded ones; the longest first.
ArmsByLength = dict[int, dict[str, int]]


class View(base.View):
    """Place, bases, pairs and sorting motifs of the mature arms.

    Recorded arms are annotation, which follows how much a miRNA was studied. Where they are not taken, or none is
    recorded, an arm is the 22 bases on its side of the terminal loop of the fold.
    """

    SETTINGS = (
        Setting("annotation", bool, "whether the arms that miRBase records are taken, and told which they are"),
    )

    NEEDS = ("mature",)
    OF_SPECIES = True

    def compute(self, sequences: Sequence[str], sources: Mapping[str, str] = base.NOTHING) -> Features:
        """Describe the mature arms of each hairpin.

        Parameters
        ----------
        sequences : sequence of str
            n hairpins of ACGU.
        sources : mapping
            ``mature``: miRBase's mature.fa. Arms are found by their sequence, not by a name.

        Returns
        -------
        Features
            float32, shape (n, columns of :func:`names`).
        """
        recorded = recorded_arms(sources["mature"], self.prefix) if self.settings["annotation"] else {}
        rows = [row(sequence, recorded, self.settings["annotation"]) for sequence in sequences]
        return Features(np.array(rows, dtype=np.float32).reshape(len(rows), len(self.names())))

    def names(self) -> list[str]:
        """Return the columns in words."""
        recorded = ["recorded arms", "recorded 5p arm", "recorded 3p arm"] if self.settings["annotation"] else []
        words = (*LETTERS, *PAIRS)
        return [
            *recorded,
            *(f"{what} of the {side} arm" for side in SIDES for what in PLACE),
            *(f"share of {word} in the {side} arm" for side in SIDES for word in words),
            *(f"first base of the {side} arm is {letter}" for side in SIDES for letter in LETTERS),
            *(f"motif {motif} in an arm" for motif in MOTIFS),
        ]


@cache
def recorded_arms(mature: str, own: str) -> ArmsByLength:
    """Return the sequences of the mature miRNAs of the species ``own``."""
    entries = mirbase.read(mature).values()
    return by_length(entry.sequence for entry in entries if mirbase.species_of(entry.name) == own)


def by_length(arms: Iterable[str]) -> ArmsByLength:
    """Return, for each length from the largest on, the arms of that length with their places in the order given."""
    found: ArmsByLength = {}
    for place, arm in enumerate(arms):
        found.setdefault(len(arm), {}).setdefault(arm, place)
    return dict(sorted(found.items(), reverse=True))


def row(sequence: str, recorded: ArmsByLength, annotation: bool) -> list[float]:
    """Return the columns of :func:`names` for one hairpin."""
    found = found_arms(sequence, recorded)
    places = [found[side] or predicted for side, predicted in zip(SIDES, predicted_arms(sequence))]
    arms = [sequence[start:end] for start, end in places]
    flags = [sum(map(bool, found.values())), *(float(bool(found[side])) for side in SIDES)] if annotation else []
    (five_start, five_end), (three_start, three_end) = places
    geometry = [five_end - five_start, five_start, three_end - three_start, len(sequence) - three_end]
    composition = [share(arm, word) for arm in arms for word in (*LETTERS, *PAIRS)]
    first = [float(arm.startswith(letter)) for arm in arms for letter in LETTERS]
    return [*flags, *geometry, *composition, *first, *(float(any(motif in arm for arm in arms)) for motif in MOTIFS)]


def found_arms(sequence: str, recorded: ArmsByLength) -> dict[str, tuple[int, int] | None]:
    """Return the place of the longest recorded mature sequence in either half of a hairpin, None without one.

    Where an arm stands several times its first place counts; of arms of one length in one half the first recorded.
    """
    found: dict[str, tuple[int, int] | None] = dict.fromkeys(SIDES)
    for length, arms in recorded.items():
        # Words of the hairpin are looked up among the arms, not each arm in the hairpin: there are thousands.
        words = {sequence[start : start + length]: start for start in reversed(range(len(sequence) - length + 1))}
        for arm in sorted(words.keys() & arms.keys(), key=arms.get):
            start = words[arm]
            side = SIDES[start + length / 2 >= len(sequence) / 2]
            found[side] = found[side] or (start, start + length)
    return found


def predicted_arms(sequence: str) -> list[tuple[int, int]]:
    """Return the places of the 22 bases before and after the terminal loop, less the overhang."""
    first, last = fold(sequence).loop
    five_end = max(first - OVERHANG, 0)
    three_start = min(last + 1 + OVERHANG, len(sequence))
    return [(max(five_end - LENGTH, 0), five_end), (three_start, min(three_start + LENGTH, len(sequence)))]


def share(arm: str, word: str) -> float:
    """Return how often a word stands in an arm, overlaps too, over the places where it could."""
    places = len(arm) - len(word) + 1
    return sum(arm.startswith(word, start) for start in range(places)) / max(places, 1)
