"""Evolutionary view: the homologs of a hairpin, and of its mature arms, among other species' records in miRBase.

It is the sequence plus a public database, whose coverage follows how much a species and a miRNA were studied. It knows
no name, accession or label of the row.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from mmlmirloc.data.homologs import query_id, read_hits
from mmlmirloc.features import Features
from mmlmirloc.job import logger
from mmlmirloc.sources import mirbase
from mmlmirloc.species import HUMAN
from mmlmirloc.views import base
from mmlmirloc.views.clades import CLADE_OF, clade_of_others
from mmlmirloc.views.phylogenetic_profile import columns, phylogenetic_profile

# A mature arm of another species is known again by 16 bases from its second on: its end varies by a base or two.
ARM, SEED = slice(1, 17), slice(1, 8)
# Half a loop: arms before the middle less this are 5p.
MARGIN = 10
ARMS = (
    "species with the same 5p arm",
    "species with the same 3p arm",
    "species with the same arm, the better one",
    "species with the same arm, the worse one",
    "how far more species record the 5p arm than the 3p arm",
    "places where a species' mature arm starts",
    "species that share a seed, anywhere",
    "species that share a seed, 5p half",
    "species that share a seed, 3p half",
    "species that share the seed of the 5p arm",
    "species that share the seed of the 3p arm",
)


class View(base.View):
    """Homologs of a hairpin among the hairpins and mature arms of other species."""

    NEEDS = ("hits", "mature")
    OF_SPECIES = True

    def compute(self, sequences: Sequence[str], sources: Mapping[str, str] = base.NOTHING) -> Features:
        """Describe the homologs of each sequence.

        Parameters
        ----------
        sequences : sequence of str
            n sequences of ACGU.
        sources : mapping
            ``hits``: the table of the search of these sequences (:func:`mmlmirloc.data.homologs.read_hits`);
            ``mature``: miRBase's mature.fa, all species.

        Returns
        -------
        Features
            float32, shape (n, columns of :func:`names`). A sequence without homologs has zeros.
        """
        queries = [query_id(sequence) for sequence in sequences]
        hits = read_hits(sources["hits"])
        arms = arm_table(sequences, sources["mature"], self.prefix)
        return Features(np.concatenate([homolog_table(hits, queries, self.prefix), arms], axis=1, dtype=np.float32))

    def compute_records(self, records: pd.DataFrame, sources: Mapping[str, str] = base.NOTHING) -> Features:
        """Describe the homologs of each record; a species whose relatives are not looked at is told of."""
        if self.prefix not in {HUMAN, *CLADE_OF}:
            logger.warning("Clades are of animals: those of %s are not looked at, and it has few homologs", self.prefix)
        return super().compute_records(records, sources)

    def names(self) -> list[str]:
        """Return the columns in words; identities are shares of the hairpin's bases."""
        return [*columns(self.prefix), *ARMS]


def homolog_table(hits: pd.DataFrame, queries: Sequence[str], own: str) -> np.ndarray:
    """Count and rank the hits of each query; columns of :func:`names` up to the arms."""
    # A sequence that stands twice is one query.
    place = {query: number for number, query in enumerate(dict.fromkeys(queries))}
    wanted = hits[hits["query"].isin(place)]
    found = (wanted[name].to_numpy() for name in ("species", "identity", "same"))
    profile = phylogenetic_profile(len(place), wanted["query"].map(place).to_numpy(dtype=int), *found, own)
    return profile[[place[query] for query in queries]]


def arm_table(sequences: Sequence[str], mature: str, own: str) -> np.ndarray:
    """Return (n, len(ARMS)): in how many species a mature arm starts as the sequence does somewhere."""
    clade_of = clade_of_others(own)
    arms, seeds = defaultdict(set), defaultdict(set)
    for entry in mirbase.read(mature).values():
        species = mirbase.species_of(entry.name)
        if species in clade_of:
            arms[entry.sequence[ARM]].add(species)
            seeds[entry.sequence[SEED]].add(species)
    counts = [Counter({word: len(owners) for word, owners in table.items()}) for table in (arms, seeds)]
    return np.array([arm_row(sequence, *counts) for sequence in sequences], dtype=float).reshape(-1, len(ARMS))


def arm_row(sequence: str, arms: Mapping[str, int], seeds: Mapping[str, int]) -> list[float]:
    """Return the numbers of :data:`ARMS` for one sequence, given the number of species of each arm and seed."""
    starts = range(max(len(sequence) - ARM.stop + 1, 1))
    arm = np.array([arms.get(sequence[start + ARM.start : start + ARM.stop], 0) for start in starts])
    seed = np.array([seeds.get(sequence[start + SEED.start : start + SEED.stop], 0) for start in starts])
    middle = min(max(len(sequence) // 2 - MARGIN, 1), len(arm))
    halves = slice(0, middle), slice(middle, None)
    five, three = (int(arm[half].max(initial=0)) for half in halves)
    shared = [int(seed[half][arm[half].argmax()]) if arm[half].any() else 0 for half in halves]
    return [
        five,
        three,
        max(five, three),
        min(five, three),
        (five - three) / (five + three + 1),
        int((arm > 0).sum()),
        int(seed.max(initial=0)),
        *(int(seed[half].max(initial=0)) for half in halves),
        *shared,
    ]
