"""From what a visitor sent to predictions, and from those to files. Runs in a worker thread."""

import io
import json
import math
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pandas as pd
from pydantic import ValidationError

from mmlmirloc.errors import InputError
from mmlmirloc.predicting.cleaning import HAIRPIN, Expected, Record, clean_record, expected_of, numbered
from mmlmirloc.predicting.decoding import decoded
from mmlmirloc.predicting.reading import read_records
from mmlmirloc.predicting.structure import dot_bracket
from mmlmirloc.serving.limits import Limits, Refusal, within
from mmlmirloc.serving.schemas import Question

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
        return [prediction_of(row, self.locations) for frame in self.frames for row in frame.to_dict("records")]

    def numbers(self) -> dict[str, int]:
        """Return what may be said of the request in the log."""
        return {
            "records": len(self.records),
            "letters": sum(len(record.sequence) for record in self.records),
            "refused": sum(int((frame["status"] != "ok").sum()) for frame in self.frames),
        }


def records_of_text(text: str) -> Records:
    """Read what the command reads from a file.

    Raises
    ------
    Refusal
        With status 422, and the words of the reader.
    """
    try:
        return read_records(text)
    except InputError as error:
        raise unreadable(error) from None


def text_of_upload(content: bytes, limits: Limits) -> str:
    """Return the text of an uploaded file, unpacked.

    Raises
    ------
    Refusal
        With status 422, and the words of the reader; 413 when it is too large once it is unpacked.
    """
    most = limits.body_bytes * limits.unpacked
    try:
        text = decoded(content, most)
    except InputError as error:
        raise unreadable(error) from None
    if text is None:
        message = f"The file holds more than {most:,} letters once it is unpacked"
        raise Refusal(413, message, "Send fewer sequences at a time.")
    return text


def unreadable(error: InputError) -> Refusal:
    """Return the words of a reader as a refusal."""
    return Refusal(422, error.what, f"Expected: {error.expected}. What to do: {error.hint}.")


def records_of_json(body: bytes) -> Records:
    """Read the body of a request to the API.

    Raises
    ------
    Refusal
        With status 422. It names the place of what is wrong, and does not quote it.
    """
    try:
        question = Question.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) if isinstance(part, int) or part in KNOWN else "?" for part in found["loc"])
        # The reader's own words about broken JSON hold its place, which helps.
        message = f"The request is not as described: {found['msg']}{f' (at {place})' if place else ''}"
        raise Refusal(422, message, "The API page describes the body of a request.") from None
    if question.fasta is not None:
        return records_of_text(question.fasta)
    return list(numbered(Record(record.name, record.sequence) for record in question.records))


KNOWN = {"records", "fasta", "name", "sequence"}


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
        chosen = left > 0 and prediction["status"] == "ok" and prediction["length"] <= limits.drawn_length
        found.append(None)
        if chosen:
            if stop.is_set():
                raise Stopped
            left -= 1
            # As it was predicted: without gaps, and as RNA.
            letters = clean_record(record, answered.expected).sequence
            found[-1] = (letters, dot_bracket(letters))
    return found
