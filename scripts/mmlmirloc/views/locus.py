"""Control: whether a hairpin lies in one stretch of the genome. No model of ours may use it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mmlmirloc.features import Features
from mmlmirloc.sources import coordinates
from mmlmirloc.views import base


class View(base.View):
    """Whether a hairpin lies in a stretch of a chromosome.

    Settings: ``chromosome`` as in the GFF3; ``start`` and ``end``, places from 1, both included.
    """

    NEEDS = ("coordinates",)

    def compute_records(self, records: pd.DataFrame, sources: Mapping[str, str] = base.NOTHING) -> Features:
        """Return 1 for a record whose hairpin lies in the stretch, else 0.

        Parameters
        ----------
        records : pandas.DataFrame
            Columns accession, name, sequence.
        sources : mapping
            ``coordinates``: miRBase's GFF3.

        Returns
        -------
        Features
            float32, shape (n, 1).
        """
        places = coordinates.read(sources["coordinates"]).places
        inside = places[
            (places["chromosome"] == self.settings["chromosome"])
            & (places["end"] >= self.settings["start"])
            & (places["start"] <= self.settings["end"])
        ]
        return Features(records["accession"].isin(set(inside["accession"])).to_numpy(dtype=np.float32)[:, None])
