"""Control: whether a hairpin lies in one stretch of the genome. No model of ours may use it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mmlmirloc.data.coordinates import read_coordinates
from mmlmirloc.features import Features

KIND = True
FITTED = False
NEEDS = ("coordinates",)


def compute_records(records: pd.DataFrame, settings: Mapping[str, Any], sources: Mapping[str, str]) -> Features:
    """Return 1 for a record whose hairpin lies in the stretch, else 0.

    Parameters
    ----------
    records : pandas.DataFrame
        Columns accession, name, sequence.
    settings : mapping
        ``chromosome`` as in the GFF3, ``start`` and ``end`` (places from 1, both included).
    sources : mapping
        ``coordinates``: miRBase's GFF3.

    Returns
    -------
    Features
        float32, shape (n, 1).
    """
    places = read_coordinates(sources["coordinates"])
    inside = places[
        (places["chromosome"] == settings["chromosome"])
        & (places["end"] >= settings["start"])
        & (places["start"] <= settings["end"])
    ]
    return Features(records["accession"].isin(set(inside["accession"])).to_numpy(dtype=np.float32)[:, None])
