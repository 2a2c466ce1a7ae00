"""Phylogenetic profile: in which species and clades a hairpin has homologs, and how near they are.

The same columns whether the homologs were found by alignment or by sketches. Needs numpy alone.
"""

import numpy as np

from mmlmirloc.species import HUMAN
from mmlmirloc.views.clades import CLADES, clade_of_others, key_species

IDENTITIES = (0.5, 0.7, 0.8, 0.9, 0.97)


def columns(own: str = HUMAN) -> list[str]:
    """Return what each column tells; identities are shares of the hairpin's bases, ``own`` is the query's species."""
    named = "human" if own == HUMAN else own
    return [
        "other species with a homolog",
        *(f"other species with a homolog of identity {identity} or more" for identity in IDENTITIES),
        *(f"{what} among {clade}" for clade in CLADES for what in ("species with a homolog", "best identity")),
        "clades with a homolog",
        *(f"best identity in {species}" for species in key_species(own)),
        "homologous hairpins of other species",
        f"{named} paralogs",
        f"best identity of a {named} paralog",
    ]


def phylogenetic_profile(
    queries: int,
    query: np.ndarray,
    species: np.ndarray,
    identity: np.ndarray,
    same: np.ndarray,
    own: str = HUMAN,
) -> np.ndarray:
    """Count and rank the homologs of each query.

    Homologs of a species in no clade (plants, viruses) are not looked at, nor is a hairpin of the query's species and
    of its very sequence: it may be the query.

    Parameters
    ----------
    queries : int
        Number of queries.
    query, species, identity, same : numpy.ndarray
        Shape (pairs,): place of the query; miRBase's code of the homolog's species; identity from 0 to 1; whether the
        homolog has the query's own sequence.
    own : str
        Code of the queries' species.

    Returns
    -------
    numpy.ndarray
        float64, shape (queries, columns of :func:`columns`); zeros for a query without homologs.
    """
    clade_of = clade_of_others(own)
    places = {code: number for number, code in enumerate(clade_of)}
    codes, which = np.unique(species, return_inverse=True)
    place = np.array([places.get(code, -1) for code in codes.tolist()], dtype=int)[which]
    foreign, paralog = place >= 0, (species == own) & ~np.asarray(same, dtype=bool)
    # Of each species the nearest; below 0 where there is none.
    best = np.full((queries, len(places)), -1.0)
    np.maximum.at(best, (query[foreign], place[foreign]), identity[foreign])
    nearest_paralog = np.zeros(queries)
    np.maximum.at(nearest_paralog, query[paralog], identity[paralog])
    found, best = best >= 0, np.maximum(best, 0)
    members = [[places[code] for code, name in clade_of.items() if name == clade] for clade in CLADES]
    by_clade = np.stack([found[:, clade].sum(axis=1) for clade in members], axis=1)
    numbers = [
        found.sum(axis=1),
        *((best >= identity).sum(axis=1) for identity in IDENTITIES),
        *(
            column
            for number, clade in enumerate(members)
            for column in (by_clade[:, number], best[:, clade].max(axis=1, initial=0))
        ),
        (by_clade > 0).sum(axis=1),
        *(best[:, places[code]] for code in key_species(own)),
        np.bincount(query[foreign], minlength=queries),
        np.bincount(query[paralog], minlength=queries),
        nearest_paralog,
    ]
    return np.column_stack(numbers).astype(float)
