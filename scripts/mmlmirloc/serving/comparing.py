"""The page and the API's answer that hold a mutant against its wild type."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from pydantic import ValidationError

from mmlmirloc.errors import InputError
from mmlmirloc.predicting.cleaning import Record
from mmlmirloc.predicting.mutants import Pair, compare_pairs, paired, rows_of, written
from mmlmirloc.serving.answering import Records, Stopped
from mmlmirloc.serving.asking import records_of_text, unreadable
from mmlmirloc.serving.limits import Limits, Refusal, within
from mmlmirloc.serving.schemas import Comparison


@dataclass
class Compared:
    """The comparisons of one request."""

    model: str
    locations: list[str]
    pairs: list[Pair]
    tables: list[pd.DataFrame]

    @property
    def records(self) -> list[list[dict]]:
        """The lines of each pair, one per location."""
        lines = [row for table in self.tables for row in rows_of(table)]
        width = len(self.locations)
        return [lines[start : start + width] for start in range(0, len(lines), width)]

    def numbers(self) -> dict[str, int]:
        """Return what may be said of the request in the log."""
        return {
            "records": 2 * len(self.pairs),
            "letters": sum(len(record.sequence) for pair in self.pairs for record in pair),
            "refused": sum(lines[0]["status"] != "ok" for lines in self.records),
        }


def pairs_of(wild_type: str, mutant: str) -> list[Pair]:
    """Return the pairs of two texts, or of one text of pairs where the second is empty.

    Raises
    ------
    Refusal
        With status 422, and the words of the reader.
    """
    first, second = records_of_text(wild_type), records_of_text(mutant) if mutant.strip() else None
    try:
        return paired(first, second)
    except InputError as error:
        raise unreadable(error) from None


def pairs_of_json(body: bytes) -> list[Pair]:
    """Read the body of a request to the API; raises as :func:`pairs_of`."""
    try:
        question = Comparison.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)[0]
        message = f"The request is not as described: {found['msg']}"
        raise Refusal(422, message, "The API page describes the body of a request.") from None
    return pairs_of(question.wild_type, question.mutant)


def compare(predictor, pairs: Sequence[Pair], limits: Limits, stop: threading.Event) -> Compared:
    """Compare pairs in batches, unless nobody waits for them any more.

    Raises
    ------
    Refusal
        When a limit does not allow so many sequences.
    Stopped
        When ``stop`` is set between two batches.
    """
    records: Records = within([Record(*record) for pair in pairs for record in pair], limits)
    pairs = [Pair(*both) for both in zip(records[::2], records[1::2])]
    tables = []
    for first in range(0, len(pairs), limits.batch):
        if stop.is_set():
            raise Stopped
        tables.append(compare_pairs(predictor, pairs[first : first + limits.batch]))
    return Compared(str(predictor.card.get("name", "")), list(predictor.locations), pairs, tables)


def compared_as_json(compared: Compared, stop: threading.Event) -> bytes:
    """Return the comparisons as the JSON API gives them: an object per pair and location."""
    lines = [line for lines in compared.records for line in lines]
    answer = {"model": compared.model, "locations": compared.locations, "comparisons": lines}
    return json.dumps(answer, allow_nan=False).encode()


def compared_as_tsv(compared: Compared, stop: threading.Event) -> bytes:
    """Return the comparisons as ``mmlmirloc compare`` writes them."""
    return written(pd.concat(compared.tables, ignore_index=True), "tsv").encode()
