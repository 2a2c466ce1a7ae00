"""A stand-in for a trained model: same interface, answers at once, and says "example" wherever a reader looks."""

import hashlib
from typing import ClassVar

import numpy as np
import pandas as pd

from mmlmirloc.predicting.cleaning import clean_record

LOCATIONS = ["nucleus", "exosome", "cytoplasm", "microvesicle"]
TRAINING = "UGGGAUGAGGUAGUAGGUUGUAUAGUUUUAGGGUCACACCCACCACUGGGAGAUAACUAUACAAUCUACUGUCUUUCCUA"


class ExamplePredictor:
    """Probabilities are bytes of the sequence's digest."""

    locations: ClassVar = LOCATIONS
    # Without an atlas.
    known: ClassVar = None
    card: ClassVar = {
        "name": "example",
        "data": {"rows": 3, "source": "made up for tests: this is an example, not a model"},
        "protocol": "none",
        "scores": [{"metric": "macro_auc", "value": 0.5, "interval": [0.4, 0.6]}],
        "limits": ["predicts nothing"],
        "hash": {"code": "0000", "data": "0000"},
    }

    @classmethod
    def load(cls, path=None, database=None):
        return cls()

    def predict(self, records) -> pd.DataFrame:
        frame = pd.DataFrame([self.row(record[0], clean_record(record)) for record in records])
        whole = ["length", *(f"predicted_{location}" for location in LOCATIONS)]
        return frame.astype(dict.fromkeys(whole, "Int64"))

    def row(self, name, cleaned) -> dict:
        letters = cleaned.sequence
        row = {
            "name": name,
            "length": len(letters) or pd.NA,
            "status": "ok" if letters else "refused",
            "remarks": "; ".join(cleaned.remarks),
            **dict.fromkeys([f"probability_{location}" for location in LOCATIONS], np.nan),
            **dict.fromkeys([f"predicted_{location}" for location in LOCATIONS], pd.NA),
            **{"training": "", "nearest_identity": np.nan, "flags": "", "views": ""},
        }
        if not letters:
            return row
        *shares, nearest = (byte / 255 for byte in hashlib.sha256(letters.encode()).digest()[:5])
        nearest = 1.0 if letters == TRAINING else nearest
        return row | {
            **{f"probability_{location}": share for location, share in zip(LOCATIONS, shares)},
            **{f"predicted_{location}": int(share >= 0.5) for location, share in zip(LOCATIONS, shares)},
            "training": "yes" if letters == TRAINING else "no",
            "nearest_identity": nearest,
            "flags": "example" if nearest >= 0.75 else "example,far from every training hairpin",
            "views": "kmer,structural",
        }
