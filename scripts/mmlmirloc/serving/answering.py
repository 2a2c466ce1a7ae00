"""From the records of a visitor to predictions, and from those to files. Runs in a worker thread."""

import io
import json
import math
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pandas as pd

from mmlmirloc.predicting.cleaning import HAIRPIN, Expected, Record, clean_record, expected_of
from mmlmirloc.predicting.structure import dot_bracket
from mmlmirloc.serving.limits import Limits, within

Records = list[Record]


class Stopped(Exception):
    """Nobody waits for the result any more."""


@dataclass
class Answered:
    """The predictions of one request."""

    model: str
    locations: list[str]
    records: Records
    frames: list[pd.DataFrame]
    """Tables of the predictor, batch after batch."""
    expected: Expected = field(default=HAIRPIN, kw_only=True)
    """What the model expects."""

    @property
    def predictions(self) -> list[dict]:
        """One dictionary per record, as the JSON API gives it."""
        rows = [row for frame in self.frames for row in frame.to_dict("records")]
        return [
            prediction_of(row, self.locations) | {"known": known_of(record, self.locations)}
            for row, record in zip(rows, self.records, strict=True)
        ]

    def numbers(self) -> dict[str, int]:
        """Return what may be said of the request in the log."""
        return {
            "records": len(self.records),
            "letters": sum(len(record.sequence) for record in self.records),
            "refused": sum(int((frame["status"] != "ok").sum()) for frame in self.frames),
        }


def predict(predictor, records: Records, limits: Limits, stop: threading.Event) -> Answered:
    """Predict ``records`` in batches, unless nobody waits for them any more.

    Raises
    ------
    Refusal
        When a limit does not allow these records.
    Stopped
        When ``stop`` is set between two batches.
    """
    expected = expected_of(predictor.card)
    records = within(records, limits, expected)
    if predictor.known:
        records = list(predictor.known.expanded(records))
    frames = list(in_batches(predictor, records, limits, stop))
    return Answered(str(predictor.card.get("name", "")), list(predictor.locations), records, frames, expected=expected)


def in_batches(predictor, records: Records, limits: Limits, stop: threading.Event) -> Iterator[pd.DataFrame]:
    """Yield the predictor's table of ``limits.batch`` records after the other.

    Raises
    ------
    Stopped
        When ``stop`` is set between two batches.
    """
    for first in range(0, len(records), limits.batch):
        if stop.is_set():
            raise Stopped
        yield predictor.predict(records[first : first + limits.batch])


def prediction_of(row: dict, locations: Iterable[str]) -> dict:
    """Return a row of the predictor's table as the JSON API gives it."""
    return {
        "name": row["name"],
        "length": None if pd.isna(row["length"]) else int(row["length"]),
        "status": row["status"],
        "remarks": row["remarks"],
        "probabilities": {location: number_of(row[f"probability_{location}"]) for location in locations},
        "predicted": {location: truth_of(row[f"predicted_{location}"]) for location in locations},
        "training": {"yes": True, "no": False}.get(row["training"]),
        "nearest_identity": number_of(row["nearest_identity"]),
        "flags": parts_of(row["flags"]),
        "views": parts_of(row["views"]),
    }


def known_of(record: Record, locations: Iterable[str]) -> dict | None:
    """Return what the atlas has of a record beside its prediction; None where it was not looked up."""
    line = record.known
    if line is None:
        return None
    kept = ("accession", "name", "hairpin", "hairpin_name", "arm", "model", "source", "age")
    percentiles = {location: number_of(line[f"percentile_{location}"]) for location in locations}
    return {name: line[name] for name in kept} | {"percentiles": percentiles}


def number_of(value) -> float | None:
    """Return a float that JSON can hold."""
    if pd.isna(value) or not math.isfinite(value):
        return None
    return float(value)


def finite(value):
    """Return what JSON can hold of a model card: what is no finite number becomes missing."""
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def truth_of(value) -> bool | None:
    """Return 0, 1 or missing as JSON has them."""
    return None if pd.isna(value) else bool(value)


def parts_of(text: str) -> list[str]:
    """Return the parts of comma-joined text."""
    return [part.strip() for part in text.split(",") if part.strip()]


def as_json(answered: Answered, stop: threading.Event) -> bytes:
    """Return the predictions as the JSON API gives them."""
    answer = {"model": answered.model, "locations": answered.locations, "predictions": answered.predictions}
    return json.dumps(answer, allow_nan=False).encode()


def as_tsv(answered: Answered, stop: threading.Event) -> bytes:
    """Return the predictor's table as TSV, with one header line."""
    text = io.StringIO()
    for number, frame in enumerate(answered.frames):
        frame.to_csv(text, sep="\t", index=False, header=number == 0, lineterminator="\n")
    return text.getvalue().encode()


def drawable(
    answered: Answered, predictions: Sequence[dict], limits: Limits, stop: threading.Event
) -> list[tuple[str, str] | None]:
    """Return sequence and structure of each record that is to be drawn, else None.

    Only the first ones, and not the longest: folding takes time that grows with the cube of the length. Without
    ViennaRNA the structure is "".

    Raises
    ------
    Stopped
        When ``stop`` is set between two structures.
    """
    found, left = [], limits.drawn_records
    for prediction, record in zip(predictions, answered.records, strict=True):
        # What was looked up has no hairpin to draw.
        hairpin = prediction["status"] == "ok" and not record.known
        chosen = left > 0 and hairpin and prediction["length"] <= limits.drawn_length
        found.append(None)
        if chosen:
            if stop.is_set():
                raise Stopped
            left -= 1
            # As it was predicted: without gaps, and as RNA.
            letters = clean_record(record, answered.expected).sequence
            found[-1] = (letters, dot_bracket(letters))
    return found
