"""Loci: homology groups joined where their hairpins are neighbours in the genome."""

from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.data.groups import components, shared
from mmlmirloc.files import read_table, write_table
from mmlmirloc.job import logger
from mmlmirloc.sources.coordinates import read, warn_of_no_place


def group_loci(
    groups: str | Path, coordinates: str | Path, distance: int, output: str | Path, prefix: str = ""
) -> None:
    """Write the group of each miRNA when neighbours in the genome stay together too.

    Parameters
    ----------
    groups : path
        Homology groups: accession, group, size.
    coordinates : path
        miRBase's GFF3.
    distance : int
        Largest number of bases between the starts of two hairpins of one chromosome that are neighbours; a chain of
        neighbours is one locus.
    output : path
        TSV like ``groups``: accession, group, size (rows of the group), in the same order.
    prefix : str
        miRBase's code of the records' species, whose hairpins the coordinates must hold; empty: any.
    """
    rows = read_table(groups, columns=["accession", "group"], text=["accession"])
    places = read(coordinates, prefix).places
    warn_of_no_place(places, rows["accession"], coordinates)
    places = places[places["accession"].isin(set(rows["accession"]))].sort_values(["chromosome", "start"])
    new_chromosome = places["chromosome"] != places["chromosome"].shift()
    places["locus"] = (new_chromosome | (places["start"].diff() > distance)).cumsum()
    loci = places.groupby("accession")["locus"].agg(list)
    of_row = [loci.get(accession, []) for accession in rows["accession"]]
    links = [*shared([[group] for group in rows["group"]]), *shared(of_row)]
    joined = components(len(rows), links)
    size = np.bincount(joined)
    logger.info("%d miRNAs in %d loci; largest %d", len(rows), len(size), size.max(initial=0))
    write_table(pd.DataFrame({"accession": rows["accession"], "group": joined, "size": size[joined]}), output)
