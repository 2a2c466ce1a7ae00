"""From what a visitor sent to records: text, a file, or the JSON of the API, read as the command reads."""

from pydantic import ValidationError

from mmlmirloc.errors import InputError
from mmlmirloc.predicting.cleaning import Record, numbered
from mmlmirloc.predicting.decoding import decoded
from mmlmirloc.predicting.known import Known, names_among
from mmlmirloc.predicting.reading import text_records
from mmlmirloc.serving.limits import Limits, Refusal
from mmlmirloc.serving.schemas import Question

KNOWN = {"records", "fasta", "names", "name", "sequence"}


def records_of_text(text: str, known: Known | None = None) -> list[Record]:
    """Read what the command reads from a file; and names, each on a line of its own, where there is an atlas.

    Raises
    ------
    Refusal
        With status 422, and the words of the reader.
    """
    parts = names_among(text) if known else []
    if not any(name for name, _ in parts):
        parts = [(False, text)]
    found: list[Record] = []
    try:
        for name, part in parts:
            found += known.named(part) if name else text_records(part)
    except InputError as error:
        raise unreadable(error) from None
    return list(numbered(found))


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
        message = f"The file holds more than {most:,} bytes once it is unpacked"
        raise Refusal(413, message, "Send fewer sequences at a time.")
    return text


def unreadable(error: InputError) -> Refusal:
    """Return the words of a reader as a refusal."""
    return Refusal(422, error.what, f"Expected: {error.expected}. What to do: {error.hint}.")


def records_of_json(body: bytes, known: Known | None = None) -> list[Record]:
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
        return records_of_text(question.fasta, known)
    if question.names is not None:
        if known is None:
            raise Refusal(422, "This server has no atlas, so that it knows no names", "Send the sequences of hairpins.")
        return [record for name in question.names for record in known.named(name)]
    return list(numbered(Record(record.name, record.sequence) for record in question.records))
