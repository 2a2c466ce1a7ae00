"""Controls: what a record tells without its sequence. No model of ours may use it.

An accession's number and the number in a name both tell when a miRNA was discovered, and with it how long it could be
looked for and where: a predictor that knows only that is no predictor of locations.
"""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from mmlmirloc.declarations import Setting
from mmlmirloc.features import Features
from mmlmirloc.views import base

# The first number after the kind: 30 in hsa-mir-30c-2, 7 in hsa-let-7a-1, 62 in MI0000062.
NUMBERS = {"accession": re.compile(r"[A-Za-z]+(\d+)"), "name": re.compile(r"(?:[a-z0-9]+-)?[A-Za-z]+-?(\d+)")}


class View(base.View):
    """One number of a record."""

    SETTINGS = (Setting("field", str, "the field of a record whose number is taken", choices=tuple(NUMBERS)),)

    def compute_records(self, records: pd.DataFrame, sources: Mapping[str, str] = base.NOTHING) -> Features:
        """Return the number in a field of each record.

        Returns
        -------
        Features
            float32, shape (n, 1). A field without a number has -1.
        """
        field = self.settings["field"]
        matches = [NUMBERS[field].match(value) for value in records[field]]
        return Features(np.array([float(match[1]) if match else -1.0 for match in matches], dtype=np.float32)[:, None])
