"""What one request may cost, and the answer to one that asks for more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mmlmirloc.predicting.cleaning import HAIRPIN, LONGEST, Expected, Record, clean_record


@dataclass(frozen=True)
class Limits:
    """Bounds of the web page and the API; all of them can be set by who runs the server."""

    body_bytes: int = 1_000_000
    """Size of a request's body; more is answered with 413."""
    body_seconds: float = 10.0
    """Time in which a request's body has to arrive; later is answered with 408."""
    records: int = 1000
    """Sequences in one request; more is answered with 413."""
    sequence_length: int = LONGEST
    """Bases of one sequence, gaps not counted; a longer one is refused, and the others are predicted."""
    unpacked: int = 10
    """How many times ``body_bytes`` a compressed upload may hold; more is answered with 413."""
    seconds: float = 30.0
    """Time to predict one request, not counting its wait; longer is answered with 413."""
    workers: int = 1
    """Requests predicted at a time. More than one only for a predictor that may be called from several threads."""
    queue: int = 50
    """Requests that may wait for a worker; one more is answered with 503."""
    wait: float = 10.0
    """Time that a request waits for a worker; longer is answered with 503."""
    requests: int = 100
    """Requests read or answered at a time, each with up to ``body_bytes`` in memory; one more is answered with 503."""
    connections: int = 256
    """Connections at a time, idle ones included; more are answered with 503 by uvicorn itself."""
    retry_after: int = 10
    """Seconds after which a client that got 503 is asked to come back."""
    batch: int = 50
    """Sequences predicted in one go: a request that ran out of time stops after the batch at hand."""
    drawn_records: int = 20
    """Sequences of a request whose secondary structure is drawn."""
    drawn_length: int = 200
    """Bases of the longest sequence whose secondary structure is drawn."""
    explained_length: int = 150
    """Bases of the longest sequence whose bases are explained; the longest hairpin of the dataset has 149. Each base is
    predicted three times."""

    def described(self) -> list[tuple[str, str]]:
        """Return what a visitor may want to know, as pairs of what and how much."""
        return [
            ("Size of a request", f"{self.body_bytes:,} bytes"),
            ("Sequences in a request", f"{self.records:,}"),
            ("Bases of a sequence", f"{self.sequence_length:,}"),
            ("Bases of a sequence to be explained", f"{min(self.explained_length, self.drawn_length):,}"),
            ("Time to send a request", f"{self.body_seconds:g} seconds"),
            ("Time to predict a request", f"{self.seconds:g} seconds"),
            ("Requests that may wait", f"{self.queue:,}"),
            ("Time that a request waits", f"{self.wait:g} seconds"),
        ]


@dataclass(eq=False)
class Refusal(Exception):
    """A request that gets no prediction, and the words of the answer.

    Nothing that was sent may stand in ``message`` or ``hint`` but names of sequences: both may be shown anywhere.
    """

    status: int
    message: str
    hint: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self):
        super().__init__(self.message)


def too_large(limits: Limits) -> Refusal:
    """Refuse a body over the limit."""
    return Refusal(413, f"The request has more than {limits.body_bytes:,} bytes", "Send fewer sequences at a time.")


def too_busy(limits: Limits) -> Refusal:
    """Refuse a request for which there is no room."""
    hint = f"Try again in {limits.retry_after} seconds."
    return Refusal(503, "The server is busy", hint, {"Retry-After": str(limits.retry_after)})


def within(records: Sequence[Record], limits: Limits, expected: Expected = HAIRPIN) -> list[Record]:
    """Return records with those refused that are longer than is allowed; refuse too many.

    Raises
    ------
    Refusal
        With status 413.
    """
    if len(records) > limits.records:
        message = f"{len(records):,} sequences are too many: at most {limits.records:,} are allowed in a request"
        raise Refusal(413, message, "Send them in parts.")
    return [_short_enough(record, limits.sequence_length, expected) for record in records]


def _short_enough(record: Record, most: int, expected: Expected) -> Record:
    length = len(clean_record(record, expected).sequence)
    if length <= most:
        return record
    return record._replace(refusal=f"{length} bases; this server takes at most {most}")
