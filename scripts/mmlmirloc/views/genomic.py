"""Genomic view: the neighbours of a hairpin in the genome, how near they are and how conserved (annotation).

No chromosome, no place and no label of a neighbour is told, but how dense the neighbourhood is can point to a single
locus: the large imprinted cluster at 14q32. Models are shown with and without this view.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mmlmirloc.data.homologs import query_id, read_hits
from mmlmirloc.features import Features
from mmlmirloc.sources import coordinates, mirbase
from mmlmirloc.views import base
from mmlmirloc.views.clades import clade_of_others

# Bases around a hairpin within which its neighbours are counted.
WINDOWS = (1_000, 10_000, 50_000, 100_000, 1_000_000)
# log10 of a distance that no neighbour on the chromosome has.
NOWHERE = 9.0


class View(base.View):
    """Neighbours of a hairpin in the genome."""

    NEEDS = ("coordinates", "hits", "hairpin")
    OF_SPECIES = True

    def compute_records(self, records: pd.DataFrame, sources: Mapping[str, str] = base.NOTHING) -> Features:
        """Describe the neighbours of each record's hairpin.

        Parameters
        ----------
        records : pandas.DataFrame
            Columns accession, name, sequence; only the accession is used, to find the place.
        sources : mapping
            ``coordinates``: miRBase's GFF3; ``hairpin``: miRBase's hairpin.fa; ``hits``: the search of all
            hairpins of the species.

        Returns
        -------
        Features
            float32, shape (n, columns of :func:`names`). A hairpin without a place has -1 everywhere; where there is no
            neighbour, numbers of species are -1.
        """
        places = coordinates.read(sources["coordinates"], self.prefix).places
        coordinates.warn_of_no_place(places, records["accession"], sources["coordinates"])
        places["middle"] = (places["start"] + places["end"]) / 2
        places["species"] = (
            places["accession"].map(conservation(sources["hairpin"], sources["hits"], self.prefix)).fillna(0)
        )
        on = dict(list(places.groupby("chromosome")))
        first = places.drop_duplicates("accession").set_index("accession")
        nothing = [-1.0] * len(self.names())
        rows = [
            neighbourhood(first.loc[accession], on[first.loc[accession, "chromosome"]], accession)
            if accession in first.index
            else nothing
            for accession in records["accession"]
        ]
        return Features(np.array(rows, dtype=np.float32).reshape(len(rows), len(nothing)))

    def names(self) -> list[str]:
        """Return the columns in words."""
        what = ("hairpins on the same strand", "hairpins on the other strand", "mean species", "most species")
        about = {
            "mean species": "mean number of species with a homolog of a neighbour",
            "most species": "largest number of species with a homolog of a neighbour",
        }
        counts = [f"{about.get(one, one)} within {window:,} bases" for window in WINDOWS for one in what]
        return [*counts, "log10 distance to the next hairpin on the same strand", "log10 distance to the next hairpin"]


def conservation(hairpins: str, hits: str, own: str) -> dict[str, int]:
    """Return accession -> number of other species with a homolog."""
    found = read_hits(hits)
    species = found[found["species"].isin(clade_of_others(own))].groupby("query")["species"].nunique()
    entries = mirbase.read(hairpins).items()
    return {accession: int(species.get(query_id(entry.sequence), 0)) for accession, entry in entries}


def neighbourhood(place: pd.Series, hairpins: pd.DataFrame, accession: str) -> list[float]:
    """Return the columns of :func:`names` for one place among the hairpins of its chromosome."""
    others = hairpins[hairpins["accession"] != accession]
    distance = (others["middle"] - place["middle"]).abs().to_numpy()
    same = (others["strand"] == place["strand"]).to_numpy()
    species = others["species"].to_numpy()
    values = []
    for window in WINDOWS:
        near = distance < window
        mates = species[near & same]
        values += [(near & same).sum(), (near & ~same).sum()]
        values += [mates.mean(), mates.max()] if len(mates) else [-1.0, -1.0]
    nearest = [np.log10(one.min() + 1) if len(one) else NOWHERE for one in (distance[same], distance)]
    return [float(value) for value in (*values, *nearest)]
