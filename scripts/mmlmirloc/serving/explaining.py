"""Which bases of one sequence its prediction rests on, and that as files. Runs in a worker thread."""

import json
import threading
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from mmlmirloc.predicting.attributions import BASES, attributions
from mmlmirloc.predicting.cleaning import Expected, Record, clean_record
from mmlmirloc.serving.answering import Answered, Records, in_batches, predict
from mmlmirloc.serving.limits import Limits, Refusal

SHOWN = 5
"""Bases that are named as those that matter most."""


@dataclass
class Explained(Answered):
    """The prediction of one sequence, and what each of its bases adds to it."""

    attributions: pd.DataFrame
    """Of :func:`mmlmirloc.predicting.attributions.attributions`."""

    @cached_property
    def bases(self) -> list[dict]:
        """One dictionary per base, as the JSON API gives it."""
        return [
            {
                "position": int(position),
                **{key: rows[key].iloc[0] for key in ("base", "structure")},
                "attributions": dict(zip(rows["location"], rows["attribution"].tolist())),
            }
            for position, rows in self.attributions.groupby("position")
        ]

    def numbers(self) -> dict[str, int]:
        """Return what may be said of the request in the log."""
        return super().numbers() | {"explained": len(self.attributions) // len(self.locations)}


def explain(predictor, records: Records, limits: Limits, stop: threading.Event) -> Explained:
    """Predict one sequence and each of its changes in batches, unless nobody waits for them any more.

    Raises
    ------
    Refusal
        When a limit does not allow it, there is more than one sequence, or it is none that can be explained.
    Stopped
        When ``stop`` is set between two batches.
    """
    if len(records) > 1:
        message = f"One sequence can be explained at a time, and there are {len(records):,}"
        raise Refusal(422, message, "Send the one alone.")
    answered = predict(predictor, records, limits, stop)
    (record,) = answered.records
    why = why_not(answered.predictions[0], record, limits, answered.expected)
    if why:
        raise Refusal(
            422,
            f"The sequence cannot be explained: {why}",
            f"Send a {answered.expected.name} of the letters A, C, G, U or T.",
        )
    table = attributions(
        lambda changed: pd.concat(in_batches(predictor, changed, limits, stop), ignore_index=True),
        answered.locations,
        record.name,
        clean_record(record, answered.expected).sequence,
    )
    if not np.isfinite(table["attribution"]).all():
        raise Refusal(422, "The sequence cannot be explained: the model has no numbers for its changes")
    return Explained(**vars(answered), attributions=table)


def why_not(prediction: dict, record: Record, limits: Limits, expected: Expected) -> str:
    """Return why a sequence cannot be explained, "" where it can.

    Parameters
    ----------
    prediction : dict
        As the JSON API gives it.
    record : Record
        As it was given.
    limits : Limits
        The bounds.
    expected : Expected
        What the model expects.
    """
    if prediction["status"] != "ok":
        # Its remarks may quote letters.
        return "it was refused, and its prediction says why"
    if record.known:
        return "it was looked up, not predicted; give the hairpin"
    most = min(limits.explained_length, limits.drawn_length)
    letters = clean_record(record, expected).sequence
    if len(letters) > most:
        return f"it has {len(letters):,} letters, and at most {most:,} are allowed"
    if not set(letters) <= set(BASES):
        return "it has bases that are not known, which cannot be changed to another"
    if None in prediction["probabilities"].values():
        return "the model has no numbers for it"
    return ""


def most_important(bases: list[dict], location: str) -> list[tuple[int, str, float]]:
    """Return position, base and attribution of the bases that matter most for ``location``, the first one most."""
    found = [(base["position"], base["base"], base["attributions"][location]) for base in bases]
    # Sorting keeps the order of equals, which is that of the positions.
    return [one for one in sorted(found, key=lambda one: -abs(one[2])) if one[2] != 0][:SHOWN]


def attributions_as_json(explained: Explained, stop: threading.Event) -> bytes:
    """Return the prediction and its attributions as the JSON API gives them."""
    answer = {
        "model": explained.model,
        "locations": explained.locations,
        "prediction": explained.predictions[0],
        "bases": explained.bases,
    }
    return json.dumps(answer, allow_nan=False).encode()


def attributions_as_tsv(explained: Explained, stop: threading.Event) -> bytes:
    """Return the table of attributions as TSV, with one header line."""
    return explained.attributions.to_csv(sep="\t", index=False, lineterminator="\n").encode()
