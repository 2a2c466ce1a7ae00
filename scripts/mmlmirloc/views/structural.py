"""Structural view: what ViennaRNA's energy model says of the fold of a hairpin."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from mmlmirloc.errors import InputError
from mmlmirloc.features import Features
from mmlmirloc.job import progress
from mmlmirloc.views import base

# Pairs above the terminal loop that are described one window after the other, and the width of a window.
WINDOWS, WIDTH = 9, 4
BASES = "ACGU"
SCALARS = (
    "length",
    "minimum free energy",
    "minimum free energy per base",
    "ensemble free energy per base",
    "minimum free energy per share of G and C",
    "share of the ensemble with the best fold",
    "ensemble diversity",
    "ensemble diversity per base",
    "entropy of pairs per base",
    "mean pairing probability",
    "pairs of the stem",
    "bases of the terminal loop",
    "hairpin loops",
    "bulges of the stem",
    "symmetric internal loops",
    "asymmetric internal loops",
    "largest internal loop or bulge",
    "more unpaired bases in the 5p arm than in the 3p arm",
    "share of G-U pairs in the stem",
    "share of G-C pairs in the stem",
    "unpaired bases before the stem",
    "unpaired bases after the stem",
    "place of the terminal loop",
    "share of G and C",
)
# kcal/mol: RT at 37 degrees Celsius.
THERMAL = 0.61632


@dataclass(frozen=True)
class Fold:
    """The fold of one sequence of n bases.

    Attributes
    ----------
    sequence : str
        ACGU; other letters pair with nothing.
    partner : numpy.ndarray
        Shape (n,): the base that each pairs with in the fold of minimum free energy, -1 for none.
    energy, ensemble : float
        Minimum free energy and free energy of the ensemble, kcal/mol.
    paired : numpy.ndarray
        Shape (n,): pairing probability.
    entropy, diversity : float
        Of the pairs' probabilities (nats), and the mean distance between two folds of the ensemble (pairs).
    """

    sequence: str
    partner: np.ndarray
    energy: float
    ensemble: float
    paired: np.ndarray
    entropy: float
    diversity: float

    @cached_property
    def stem(self) -> list[tuple[int, int]]:
        """Pairs around the terminal loop that most pairs enclose, the outermost first."""
        pairs = [(left, right) for left, right in enumerate(self.partner) if right > left]
        inner = [(left, right) for left, right in pairs if not (self.partner[left + 1 : right] >= 0).any()]
        around = [[(a, b) for a, b in pairs if a <= left and b >= right] for left, right in inner]
        return max(around, key=len, default=[])

    @cached_property
    def loop(self) -> tuple[int, int]:
        """First and last base of the terminal loop; the middle of a sequence without a pair."""
        if self.stem:
            left, right = self.stem[-1]
            return left + 1, right - 1
        middle = len(self.sequence) // 2
        return middle, middle

    @property
    def hairpin_loops(self) -> int:
        """Number of loops that one pair closes."""
        return sum(
            right > left and not (self.partner[left + 1 : right] >= 0).any() for left, right in enumerate(self.partner)
        )


# The arms of a hairpin are looked for in the same fold.
@lru_cache(maxsize=10_000)
def fold(sequence: str) -> Fold:
    """Fold a sequence with ViennaRNA's default parameters (37 degrees Celsius; Lorenz et al. 2011)."""
    try:
        import RNA
    except ModuleNotFoundError:
        raise InputError(
            "The package viennarna is missing",
            "a view of the fold",
            "ViennaRNA",
            "install it: pip install viennarna, or take a model without this view",
        ) from None

    compound = RNA.fold_compound(sequence)
    structure, energy = compound.mfe()
    compound.exp_params_rescale(energy)
    _, ensemble = compound.pf()
    pairs = np.array(compound.bpp())[1:, 1:]
    entropy = -float(np.sum(pairs[pairs > 0] * np.log(pairs[pairs > 0])))
    partner = np.array(RNA.ptable(structure))[1:] - 1
    return Fold(
        sequence,
        partner,
        float(energy),
        float(ensemble),
        pairs.sum(axis=0) + pairs.sum(axis=1),
        entropy,
        float(compound.mean_bp_distance()),
    )


class View(base.View):
    """The fold of a hairpin in numbers."""

    def compute(self, sequences: Sequence[str], sources: Mapping[str, str] = base.NOTHING) -> Features:
        """Fold each sequence and describe the fold in numbers.

        Returns
        -------
        Features
            float32, shape (n, columns of :func:`names`). Energies in kcal/mol.
        """
        rows = [describe(fold(sequence)) for sequence in progress(sequences, "folds", unit="sequence")]
        return Features(np.array(rows, dtype=np.float32).reshape(len(rows), len(self.names())))

    def names(self) -> list[str]:
        """Return the columns in words."""
        shares = [f"share of {base} in the {arm} half" for arm in ("5p", "3p") for base in BASES]
        profile = [
            f"pairing probability {WIDTH * window + 1} to {WIDTH * (window + 1)} bases from the loop, {arm} arm"
            for window in range(WINDOWS)
            for arm in ("5p", "3p")
        ]
        return [*SCALARS, *shares, *profile]


def describe(folded: Fold) -> list[float]:
    """Return the columns of :func:`names` for one fold."""
    return [*scalars(folded), *composition(folded), *profile(folded)]


def scalars(folded: Fold) -> list[float]:
    """Return one number for each of :data:`SCALARS`."""
    n, stem = max(len(folded.sequence), 1), folded.stem
    strong = (folded.sequence.count("G") + folded.sequence.count("C")) / n
    pairs = [{folded.sequence[left], folded.sequence[right]} for left, right in stem]
    gaps = [(c - a - 1, b - d - 1) for (a, b), (c, d) in itertools.pairwise(stem)]
    open_gaps = [gap for gap in gaps if any(gap)]
    bulges = [gap for gap in open_gaps if not all(gap)]
    inner = [gap for gap in open_gaps if all(gap)]
    first, last = folded.loop
    start, end = stem[0] if stem else (0, n - 1)
    return [
        n,
        folded.energy,
        folded.energy / n,
        folded.ensemble / n,
        folded.energy / n / max(strong, 0.1),
        float(np.exp((folded.ensemble - folded.energy) / THERMAL)),
        folded.diversity,
        folded.diversity / n,
        folded.entropy / n,
        float(folded.paired.mean()) if len(folded.paired) else 0.0,
        len(stem),
        last - first + 1 if stem else 0,
        folded.hairpin_loops,
        len(bulges),
        sum(left == right for left, right in inner),
        sum(left != right for left, right in inner),
        max((max(gap) for gap in open_gaps), default=0),
        sum(left - right for left, right in open_gaps),
        sum(pair == {"G", "U"} for pair in pairs) / max(len(pairs), 1),
        sum(pair == {"G", "C"} for pair in pairs) / max(len(pairs), 1),
        start,
        n - 1 - end,
        (first + last) / 2 / n,
        strong,
    ]


def composition(folded: Fold) -> list[float]:
    """Return the share of each base before and after the middle of the terminal loop."""
    middle = sum(folded.loop) // 2
    halves = folded.sequence[:middle], folded.sequence[middle:]
    return [half.count(base) / max(len(half), 1) for half in halves for base in BASES]


def profile(folded: Fold) -> list[float]:
    """Return mean pairing probabilities over windows that start at the terminal loop, 5p and 3p arm in turn.

    A window that the sequence does not fill counts its missing bases as unpaired.
    """
    first, last = folded.loop
    five = folded.paired[max(first - WINDOWS * WIDTH, 0) : first][::-1]
    three = folded.paired[last + 1 : last + 1 + WINDOWS * WIDTH]
    arms = [np.pad(arm, (0, WINDOWS * WIDTH - len(arm))).reshape(WINDOWS, WIDTH).mean(axis=1) for arm in (five, three)]
    return np.column_stack(arms).ravel().tolist()
