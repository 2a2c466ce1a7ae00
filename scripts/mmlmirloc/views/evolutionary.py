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
from mmlmirloc.sources import mirbase
from mmlmirloc.views import base
from mmlmirloc.views.clades import CLADES, HUMAN, clade_of_others, key_species

IDENTITIES = (0.5, 0.7, 0.8, 0.9, 0.97)
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

    def names(self) -> list[str]:
        """Return the columns in words; identities are shares of the hairpin's bases."""
        own = "human" if self.prefix == HUMAN else self.prefix
        return [
            "other species with a homolog",
            *(f"other species with a homolog of identity {identity} or more" for identity in IDENTITIES),
            *(f"{what} among {clade}" for clade in CLADES for what in ("species with a homolog", "best identity")),
            "clades with a homolog",
            *(f"best identity in {species}" for species in key_species(self.prefix)),
            "homologous hairpins of other species",
            f"{own} paralogs",
            f"best identity of a {own} paralog",
            *ARMS,
        ]


def homolog_table(hits: pd.DataFrame, queries: Sequence[str], own: str) -> np.ndarray:
    """Count and rank the hits of each query; columns of :func:`names` up to the arms."""
    clade_of = clade_of_others(own)
    wanted = hits[hits["query"].isin(set(queries))]
    foreign = wanted[wanted["species"].isin(clade_of)]
    best = foreign.groupby(["query", "species"], as_index=False)["identity"].max()
    best["clade"] = best["species"].map(clade_of)
    paralogs = wanted[(wanted["species"] == own) & (wanted["same"] == 0)]
    by_clade = best.groupby(["query", "clade"])["identity"]
    clade_count, clade_best = by_clade.size().unstack(), by_clade.max().unstack()
    species_best = best.pivot(index="query", columns="species", values="identity")
    columns = [
        best.groupby("query").size(),
        *(best[best["identity"] >= identity].groupby("query").size() for identity in IDENTITIES),
        *(table.get(clade) for clade in CLADES for table in (clade_count, clade_best)),
        best.groupby("query")["clade"].nunique(),
        *(species_best.get(species) for species in key_species(own)),
        foreign.groupby("query").size(),
        paralogs.groupby("query").size(),
        paralogs.groupby("query")["identity"].max(),
    ]
    none = pd.Series(dtype=float)
    filled = [
        (none if column is None else column).reindex(queries).fillna(0.0).to_numpy(dtype=float) for column in columns
    ]
    return np.column_stack(filled)


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
